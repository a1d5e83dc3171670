using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Events of a copy as rows. Whom an event is about, by which another may join it, is that of the obligations it reports;
/// these are already there, found by occurrence and authority.
/// </summary>
internal sealed class IncomingEvents
{
    private readonly Dictionary<string, string> _authorities = new(StringComparer.Ordinal);

    private sealed record About(long Key, string Organisation, long? Child);

    public void Write(Connection connection, PortableEvent record)
    {
        var authority = AuthorityOf(connection, record);
        var about = record.Occurrences.Select(id => Find(connection, id, authority, record)).ToList();
        using (
            var statement = connection.Prepare(
                """
                INSERT INTO event (subscription, number, time, organisation, child, fence, delivered)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            )
        )
            statement
                .Add(record.SubscriptionId)
                .Add(record.Number)
                .Add(record.Time.ToUnixTimeMilliseconds())
                .Add(about.FirstOrDefault()?.Organisation ?? "")
                .Add(about.FirstOrDefault()?.Child)
                .Add(record.Fence)
                .Add(record.Delivered?.ToUnixTimeMilliseconds())
                .Run();
        foreach (var obligation in about)
        {
            using var statement = connection.Prepare(
                "INSERT INTO event_obligation (subscription, number, obligation) VALUES (?, ?, ?)"
            );
            statement.Add(record.SubscriptionId).Add(record.Number).Add(obligation.Key).Run();
        }
    }

    private static About Find(Connection connection, string occurrence, string authority, PortableEvent record)
    {
        using (
            var row = connection.Prepare(
                "SELECT key, organisation, child FROM obligation WHERE occurrence = ? AND +authority = ?"
            )
        )
        {
            row.Add(occurrence).Add(authority);
            if (row.Step())
                return new About(row.Long(0), row.Text(1), row.LongOrNull(2));
        }

        if (record.Delivered is not { } delivered)
            throw new StoreUnavailableException(
                $"Event {record.Number} of Subscription {record.SubscriptionId} reports occurrence {occurrence}, which was not copied."
            );
        // Another store lets an occurrence go before the delivered event that names it. Here an event finds it by its
        // obligation, of which no more is left than that it was settled.
        using var rest = connection.Prepare(
            """
            INSERT INTO obligation (authority, occurrence, time, organisation, settled) VALUES (?, ?, ?, '', ?)
            RETURNING key
            """
        );
        rest.Add(authority)
            .Add(occurrence)
            .Add(record.Time.ToUnixTimeMilliseconds())
            .Add(delivered.ToUnixTimeMilliseconds())
            .Step();
        return new About(rest.Long(0), "", null);
    }

    private string AuthorityOf(Connection connection, PortableEvent record)
    {
        if (_authorities.TryGetValue(record.SubscriptionId, out var known))
            return known;
        using var row = connection.Prepare("SELECT authority FROM subscription WHERE id = ?");
        row.Add(record.SubscriptionId);
        if (!row.Step())
            throw new StoreUnavailableException(
                $"Subscription {record.SubscriptionId} has an event, but was not copied."
            );
        return _authorities[record.SubscriptionId] = row.Text(0);
    }
}
