CREATE TABLE `attention` (
	`id` text PRIMARY KEY NOT NULL,
	`agent` text NOT NULL,
	`reason` text NOT NULL,
	`generation` integer NOT NULL,
	`ask` text,
	`text` text NOT NULL,
	`since` integer NOT NULL,
	`clock_shift` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`seen_at` integer,
	`seen_by` text,
	`snoozed_until` integer,
	`answered_at` integer,
	`answered_by` text,
	`dismissed_at` integer,
	`dismissed_by` text,
	`closed_at` integer
);
--> statement-breakpoint
CREATE INDEX `attention_agent` ON `attention` (`agent`,`opened_at`);--> statement-breakpoint
CREATE INDEX `attention_closed_at` ON `attention` (`closed_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`changed` text NOT NULL
);
