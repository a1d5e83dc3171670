namespace MongoGateway.Postgres;

/// <summary>What the gateway needs in PostgreSQL, made on first use. Several gateways may start at the same moment.</summary>
internal static class Schema
{
    public const string Sql = """
        SET client_min_messages = warning;
        SELECT pg_advisory_xact_lock(4711);
        CREATE EXTENSION IF NOT EXISTS documentdb CASCADE;
        CREATE SCHEMA IF NOT EXISTS mongogw;
        CREATE TABLE IF NOT EXISTS mongogw.commits (
            session text PRIMARY KEY,
            number bigint NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE IF NOT EXISTS mongogw.outcomes (
            session text PRIMARY KEY,
            number bigint NOT NULL,
            answer bytea NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );
        DELETE FROM mongogw.outcomes WHERE at < now() - interval '1 day';
        DELETE FROM mongogw.commits WHERE at < now() - interval '1 day';
        RESET client_min_messages;
        """;
}
