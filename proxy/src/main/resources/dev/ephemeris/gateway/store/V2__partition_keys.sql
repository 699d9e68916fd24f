-- The only items that a lease is for, as the header x-ms-documentdb-partitionkey has their key; null: all.
ALTER TABLE lease ADD COLUMN partition_key TEXT;
