UPDATE notes SET body = text WHERE body IS NULL;
