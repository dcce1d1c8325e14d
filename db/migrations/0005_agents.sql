CREATE TABLE `agents` (
	`id` text PRIMARY KEY NOT NULL,
	`view` text NOT NULL,
	`run` text NOT NULL,
	`window` integer NOT NULL,
	`argv` text NOT NULL,
	`transcript` text,
	`tool` text NOT NULL,
	`seen_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE TABLE `tmux_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`server` text NOT NULL,
	`label` text NOT NULL,
	`sessions` text NOT NULL,
	`restored_by` text,
	`seen_at` integer NOT NULL,
	`resumed_at` integer
);
