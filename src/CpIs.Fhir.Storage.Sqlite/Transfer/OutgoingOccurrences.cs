using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Occurrences;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Occurrences for a copy, in the order in which they were written, which is that of their obligations.
/// </summary>
internal static class OutgoingOccurrences
{
    public static IEnumerable<TransferBatch> Read(Connection connection, RecordProtection protection, string? after)
    {
        var numbered = ReadNumbered(connection);
        using var rows = connection.Prepare(
            """
            SELECT o.key, o.id, o.document, b.key, b.authority, b.settled, b.taken, b.taken_by FROM occurrence o
            LEFT JOIN obligation b ON b.occurrence = o.id WHERE o.key > ? ORDER BY o.key
            """
        );
        var key = OutgoingKey.Number(after);
        rows.Add(key);
        var batch = new TransferBatchBuilder(TransferSection.Occurrences);
        Occurrence? occurrence = null;
        List<PortableObligation> obligations = [];
        while (rows.Step())
        {
            if (occurrence is null || rows.Long(0) != key)
            {
                if (occurrence is not null)
                {
                    batch.Add(new PortableOccurrence(occurrence, obligations));
                    if (batch.IsFull)
                        yield return batch.Take(OutgoingKey.Of(key));
                }

                key = rows.Long(0);
                occurrence = OccurrenceRow.Read(rows, 1, 2, protection);
                obligations = [];
            }

            if (rows.LongOrNull(3) is { } obligation)
                obligations.Add(
                    rows.LongOrNull(5) is { } settled
                        ? new(
                            OdsCode.Parse(rows.Text(4)),
                            DateTimeOffset.FromUnixTimeMilliseconds(settled),
                            [],
                            rows.LongOrNull(6) is { } taken ? DateTimeOffset.FromUnixTimeMilliseconds(taken) : null,
                            rows.TextOrNull(7)
                        )
                        : new(OdsCode.Parse(rows.Text(4)), null, numbered.GetValueOrDefault(obligation) ?? [])
                );
        }

        if (occurrence is not null)
            batch.Add(new PortableOccurrence(occurrence, obligations));
        if (!batch.IsEmpty)
            yield return batch.Take(OutgoingKey.Of(key));
    }

    /// <summary>
    /// Open obligations that have events, with the Subscriptions of these. An event that was delivered has settled what it
    /// told of, so that only the others are read: as many as receivers are behind.
    /// </summary>
    private static Dictionary<long, List<string>> ReadNumbered(Connection connection)
    {
        using var rows = connection.Prepare(
            """
            SELECT o.key, e.subscription FROM event e
            CROSS JOIN event_obligation l ON l.subscription = e.subscription AND l.number = e.number
            CROSS JOIN obligation o ON o.key = l.obligation
            WHERE e.delivered IS NULL AND o.settled IS NULL ORDER BY e.subscription
            """
        );
        var numbered = new Dictionary<long, List<string>>();
        while (rows.Step())
        {
            if (!numbered.TryGetValue(rows.Long(0), out var subscriptions))
                numbered.Add(rows.Long(0), subscriptions = []);
            subscriptions.Add(rows.Text(1));
        }

        return numbered;
    }
}
