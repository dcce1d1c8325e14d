CREATE TABLE `snapshots` (
	`agent` text NOT NULL,
	`generation` integer NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`reason` text NOT NULL,
	`activity` text NOT NULL,
	`cols` integer NOT NULL,
	`rows` integer NOT NULL,
	`lines` integer NOT NULL,
	`cut` integer NOT NULL,
	`total` integer NOT NULL,
	`history` integer NOT NULL,
	`anchor` text NOT NULL,
	`head` text,
	`changes` integer,
	`hash` blob NOT NULL,
	`content` blob NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`agent`, `number`)
);
--> statement-breakpoint
CREATE INDEX `snapshots_turn` ON `snapshots` (`agent`,`generation`,`number`);--> statement-breakpoint
CREATE INDEX `snapshots_size` ON `snapshots` (`agent`,`number`,`generation`,`at`,`seen_at`,`bytes`);