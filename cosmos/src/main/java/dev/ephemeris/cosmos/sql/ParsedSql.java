package dev.ephemeris.cosmos.sql;

/** What {@link Query#parse} makes of a text. */
public sealed interface ParsedSql permits Query, SyntaxError {}
