-- Drains of servers that were removed meanwhile never end by themselves.
UPDATE storage.drains SET stopped_at = now()
FROM storage.servers
WHERE servers.id = drains.server_id AND servers.removed_at IS NOT NULL
    AND drains.stopped_at IS NULL AND drains.finished_at IS NULL;
