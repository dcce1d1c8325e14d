CREATE TABLE `applied_hooks` (
	`id` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`agent` text NOT NULL,
	`generation` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`end` text,
	`prompt` text NOT NULL,
	`last_words` text NOT NULL,
	`tools` integer NOT NULL,
	`input` integer,
	`output` integer,
	`cache_read` integer,
	`cache_write` integer,
	`context_used` integer,
	`context_size` integer,
	`cost_usd` real,
	PRIMARY KEY(`agent`, `generation`)
);
--> statement-breakpoint
CREATE INDEX `turns_started_at` ON `turns` (`started_at`);