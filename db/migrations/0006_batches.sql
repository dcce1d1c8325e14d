CREATE TABLE `batches` (
	`session` text PRIMARY KEY NOT NULL,
	`label` text NOT NULL,
	`at` integer NOT NULL
);
