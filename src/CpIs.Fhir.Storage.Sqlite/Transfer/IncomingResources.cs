using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Resources of a copy as rows: what <see cref="PreparedChange"/> writes for version after version, without asking what is
/// there, and without tokens, which <see cref="DeferredTokens"/> makes.
/// </summary>
internal static class IncomingResources
{
    public static void Write(Connection connection, PortableResource resource, RecordProtection protection)
    {
        var current = resource.Current;
        using (
            var statement = connection.Prepare(
                """
                INSERT INTO resource (version, updated, authority, identity, child, side, setting_view, body, type, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            )
        )
            new ResourceColumns(current, protection).Bind(statement).Add((long)current.Type).Add(current.Id).Run();
        var key = connection.LastKey;
        foreach (var version in resource.Earlier)
        {
            using var statement = connection.Prepare(
                """
                INSERT INTO resource_version (version, updated, authority, identity, child, side, setting_view, body, resource)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            );
            new ResourceColumns(version, protection).Bind(statement).Add(key).Run();
        }

        using (var owner = connection.Prepare("INSERT OR IGNORE INTO token_owner (type, authority) VALUES (?, ?)"))
            owner.Add((long)current.Type).Add(current.Authority.Value).Run();
        if (current is { Type: RecordType.Subscription, Subscription: { } terms })
            WriteSubscription(connection, current, terms);
    }

    private static void WriteSubscription(Connection connection, StoredResource resource, SubscriptionTerms terms)
    {
        using var statement = connection.Prepare(
            "INSERT INTO subscription (id, authority, takes_events, max_count, sends, topic) VALUES (?, ?, ?, ?, ?, ?)"
        );
        statement
            .Add(resource.Id)
            .Add(resource.Authority.Value)
            .Add(terms.TakesEvents ? 1 : 0)
            .Add(Math.Max(1, terms.MaxCount))
            .Add(terms.Channel != ChannelKind.Inbox ? 1 : 0)
            .Add((long)terms.Topic)
            .Run();
    }
}
