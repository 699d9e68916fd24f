-- The last panic of an account: whether it is under way, and what became of resource tokens. Under the MAC, at the end
-- of what that covers, and only if there was one, so that rows from before it are as they were.
ALTER TABLE account_key ADD COLUMN panic_on INTEGER;
ALTER TABLE account_key ADD COLUMN panic_at INTEGER;
ALTER TABLE account_key ADD COLUMN panic_by TEXT;
ALTER TABLE account_key ADD COLUMN tokens_until INTEGER;
ALTER TABLE account_key ADD COLUMN tokens_fate TEXT;
ALTER TABLE account_key ADD COLUMN tokens_reason TEXT;
