using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>The sections of a copy that are small, or one table each.</summary>
internal static class OutgoingRest
{
    public static IEnumerable<TransferBatch> Read(
        Connection connection,
        RecordProtection protection,
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt
    )
    {
        var batch = new TransferBatchBuilder(section);
        var key = after ?? "";
        foreach (
            var (record, recordKey) in Records(
                connection,
                protection,
                section,
                after,
                unexpiredAt.ToUnixTimeMilliseconds()
            )
        )
        {
            batch.Add(record);
            key = recordKey;
            if (batch.IsFull)
                yield return batch.Take(key);
        }

        if (!batch.IsEmpty)
            yield return batch.Take(key);
    }

    private static IEnumerable<(PortableRecord Record, string Key)> Records(
        Connection connection,
        RecordProtection protection,
        TransferSection section,
        string? after,
        long unexpiredAt
    ) =>
        section switch
        {
            TransferSection.Ledgers => Ledgers(connection, after ?? ""),
            TransferSection.Registrations => Registrations(connection, protection, after),
            TransferSection.Keys => Keys(connection, protection, OutgoingKey.Names(after)),
            TransferSection.Answers => Answers(connection, protection, OutgoingKey.Number(after), unexpiredAt),
            TransferSection.OneTimeValues => OneTimeValues(connection, OutgoingKey.Names(after), unexpiredAt),
            TransferSection.Restores => Restores(connection, OutgoingKey.Number(after)),
            _ => throw new ArgumentOutOfRangeException(nameof(section)),
        };

    private static IEnumerable<(PortableRecord, string)> Ledgers(Connection connection, string after)
    {
        using var rows = connection.Prepare(
            $"""
            SELECT id, authority, last_number, fence, last_claim, next, failures, failing_since, last_error, apart, last_taken, gaps
            FROM subscription
            WHERE {UsedLedger} AND id > ? ORDER BY id
            """
        );
        rows.Add(after);
        while (rows.Step())
            yield return (
                new PortableLedger(
                    rows.Text(0),
                    OdsCode.Parse(rows.Text(1)),
                    rows.Long(2),
                    rows.Long(3),
                    rows.Long(4),
                    Instant(rows.LongOrNull(5)),
                    new SendingState(
                        rows.Int(6),
                        Instant(rows.LongOrNull(7)),
                        rows.TextOrNull(8),
                        ApartEvents.Read(rows.TextOrNull(9))
                    ),
                    Instant(rows.LongOrNull(10)),
                    NumberingGap.Read(rows.TextOrNull(11))
                ),
                rows.Text(0)
            );
    }

    /// <summary>A ledger that says nothing is none, whether or not a store has a row for it.</summary>
    public const string UsedLedger =
        "(last_number <> 0 OR fence <> 0 OR failing_since IS NOT NULL OR last_error IS NOT NULL OR last_taken IS NOT NULL)";

    private static IEnumerable<(PortableRecord, string)> Registrations(
        Connection connection,
        RecordProtection protection,
        string? after
    )
    {
        if (after is null)
        {
            using var stamp = connection.Prepare("SELECT value FROM counter WHERE name = 'registrations'");
            if (stamp.Step())
                yield return (new PortableStamp(stamp.Long(0)), OutgoingKey.Of("", ""));
        }

        var (kind, id) = OutgoingKey.Names(after);
        using var rows = connection.Prepare(
            "SELECT kind, id, json FROM registration WHERE (kind, id) > (?, ?) ORDER BY kind, id"
        );
        rows.Add(kind).Add(id);
        while (rows.Step())
            yield return (
                new PortableRegistration(
                    protection.Open(new Registration(rows.Text(0), rows.Text(1), rows.Blob(2).ToArray()))
                ),
                OutgoingKey.Of(rows.Text(0), rows.Text(1))
            );
    }

    private static IEnumerable<(PortableRecord, string)> Keys(
        Connection connection,
        RecordProtection protection,
        (string Purpose, string Id) after
    )
    {
        using var rows = connection.Prepare(
            """
            SELECT purpose, id, secret, created, retired FROM signing_key
            WHERE (purpose, id) > (?, ?) ORDER BY purpose, id
            """
        );
        rows.Add(after.Purpose).Add(after.Id);
        while (rows.Step())
            yield return (
                new PortableKey(
                    protection.Open(
                        new SigningKey(
                            rows.Text(0),
                            rows.Text(1),
                            rows.Blob(2).ToArray(),
                            Instant(rows.Long(3)),
                            Instant(rows.LongOrNull(4))
                        )
                    )
                ),
                OutgoingKey.Of(rows.Text(0), rows.Text(1))
            );
    }

    private static IEnumerable<(PortableRecord, string)> Answers(
        Connection connection,
        RecordProtection protection,
        long after,
        long unexpiredAt
    )
    {
        using var rows = connection.Prepare(
            """
            SELECT rowid, client, request, hash, status, body, location, expires FROM answer
            WHERE rowid > ? AND +expires > ? ORDER BY rowid
            """
        );
        rows.Add(after).Add(unexpiredAt);
        while (rows.Step())
            yield return (
                new PortableAnswer(
                    protection.Open(
                        new IdempotentAnswer(
                            rows.Text(1),
                            rows.Text(2),
                            rows.Blob(3).ToArray(),
                            rows.Int(4),
                            rows.Blob(5).ToArray(),
                            rows.TextOrNull(6),
                            Instant(rows.Long(7))
                        )
                    )
                ),
                OutgoingKey.Of(rows.Long(0))
            );
    }

    private static IEnumerable<(PortableRecord, string)> OneTimeValues(
        Connection connection,
        (string Purpose, string Value) after,
        long unexpiredAt
    )
    {
        using var rows = connection.Prepare(
            """
            SELECT purpose, value, expires FROM used_once
            WHERE (purpose, value) > (?, ?) AND +expires > ? ORDER BY purpose, value
            """
        );
        rows.Add(after.Purpose).Add(after.Value).Add(unexpiredAt);
        while (rows.Step())
            yield return (
                new PortableOneTimeValue(rows.Text(0), rows.Text(1), Instant(rows.Long(2))),
                OutgoingKey.Of(rows.Text(0), rows.Text(1))
            );
    }

    private static IEnumerable<(PortableRecord, string)> Restores(Connection connection, long after)
    {
        using var rows = connection.Prepare("SELECT epoch, told FROM restore WHERE epoch > ? ORDER BY epoch");
        rows.Add(after);
        while (rows.Step())
            yield return (new PortableRestore(rows.Long(0), Instant(rows.Long(1))), OutgoingKey.Of(rows.Long(0)));
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } value ? Instant(value) : null;
}
