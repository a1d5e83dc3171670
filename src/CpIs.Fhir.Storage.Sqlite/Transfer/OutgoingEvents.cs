using System.Globalization;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>Events for a copy, Subscription by Subscription in the order of their numbers.</summary>
internal static class OutgoingEvents
{
    public static IEnumerable<TransferBatch> Read(Connection connection, string? after)
    {
        var (subscription, number) = OutgoingKey.Names(after);
        using var rows = connection.Prepare(
            """
            SELECT e.subscription, e.number, e.time, e.fence, e.delivered, o.occurrence FROM event e
            LEFT JOIN event_obligation l ON l.subscription = e.subscription AND l.number = e.number
            LEFT JOIN obligation o ON o.key = l.obligation
            WHERE (e.subscription, e.number) > (?, ?) ORDER BY e.subscription, e.number, o.time, o.key
            """
        );
        rows.Add(subscription).Add(number.Length == 0 ? 0 : long.Parse(number, CultureInfo.InvariantCulture));
        var batch = new TransferBatchBuilder(TransferSection.Events);
        PortableEvent? last = null;
        List<string> occurrences = [];
        while (rows.Step())
        {
            if (last is null || rows.Long(1) != last.Number || rows.Text(0) != last.SubscriptionId)
            {
                if (last is not null)
                {
                    batch.Add(last);
                    if (batch.IsFull)
                        yield return batch.Take(KeyOf(last));
                }

                occurrences = [];
                last = ReadEvent(rows, occurrences);
            }

            if (rows.TextOrNull(5) is { } occurrence)
                occurrences.Add(occurrence);
        }

        if (last is null)
            yield break;
        batch.Add(last);
        yield return batch.Take(KeyOf(last));
    }

    private static PortableEvent ReadEvent(Statement row, List<string> occurrences) =>
        new(
            row.Text(0),
            row.Long(1),
            Instant(row.Long(2)),
            occurrences,
            row.Long(3),
            row.LongOrNull(4) is { } delivered ? Instant(delivered) : null
        );

    private static string KeyOf(PortableEvent last) => OutgoingKey.Of(last.SubscriptionId, OutgoingKey.Of(last.Number));

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
