CREATE TABLE `search_texts` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`agent` text NOT NULL,
	`agent_kind` text NOT NULL,
	`session` text NOT NULL,
	`repository` text NOT NULL,
	`ref` text NOT NULL,
	`line` integer NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `search_texts_ref` ON `search_texts` (`agent`,`kind`,`ref`);--> statement-breakpoint
CREATE VIRTUAL TABLE `search_index` USING fts5(`text`, content='', contentless_delete=1, detail=none, tokenize='trigram');
--> statement-breakpoint
CREATE TRIGGER `search_texts_added` AFTER INSERT ON `search_texts` BEGIN
	INSERT INTO `search_index`(`rowid`, `text`) VALUES (new.`id`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_texts_gone` AFTER DELETE ON `search_texts` BEGIN
	DELETE FROM `search_index` WHERE `rowid` = old.`id`;
END;
--> statement-breakpoint
CREATE TRIGGER `snapshots_gone` AFTER DELETE ON `snapshots` BEGIN
	DELETE FROM `search_texts`
		WHERE `agent` = old.`agent` AND `kind` = 'snapshot' AND `ref` = CAST(old.`number` AS text);
END;
