<?php

// A note's text stands in the column text.
function write_note(PDO $database, string $text): int
{
    $database->prepare('INSERT INTO notes (text) VALUES (:text)')->execute(['text' => $text]);

    return (int) $database->lastInsertId();
}

function read_note(PDO $database, int $id): ?string
{
    $read = $database->prepare('SELECT text FROM notes WHERE id = ?');
    $read->execute([$id]);

    return $read->fetchColumn() ?: null;
}

/** Of the notes shortly before this one. */
function unreadable_notes(PDO $database, int $id): int
{
    $count = $database->prepare('SELECT COUNT(*) FROM notes WHERE id BETWEEN ? AND ? AND text IS NULL');
    $count->execute([$id - 100, $id]);

    return (int) $count->fetchColumn();
}
