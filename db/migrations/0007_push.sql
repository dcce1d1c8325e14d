CREATE TABLE `push_targets` (
	`id` text PRIMARY KEY NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` text,
	`auth` text,
	`since` integer NOT NULL
);
