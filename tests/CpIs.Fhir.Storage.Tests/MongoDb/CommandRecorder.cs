using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>Every command that a store sends which finds documents, so that a new one is explained without being listed.</summary>
internal sealed class CommandRecorder
{
    private static readonly string[] Finding =
    [
        "find",
        "aggregate",
        "count",
        "distinct",
        "update",
        "delete",
        "findAndModify",
    ];

    // What the driver adds for the session; explain takes none of it.
    private static readonly string[] OfTheSession =
    [
        "lsid",
        "txnNumber",
        "startTransaction",
        "autocommit",
        "$clusterTime",
        "$db",
        "$readPreference",
        "readConcern",
        "writeConcern",
        "ordered",
        "maxTimeMS",
    ];

    private readonly ConcurrentQueue<BsonDocument> _commands = new();

    /// <summary>The commands since the last call, one for each update and delete in them.</summary>
    public List<BsonDocument> Take()
    {
        var taken = new List<BsonDocument>();
        while (_commands.TryDequeue(out var command))
            taken.AddRange(Single(command));
        return taken;
    }

    /// <summary>Listens to a client that is about to be made.</summary>
    public void Listen(MongoClientSettings settings) =>
        settings.ClusterConfigurator = cluster =>
            cluster.Subscribe<CommandStartedEvent>(started =>
            {
                if (Finding.Contains(started.CommandName))
                    _commands.Enqueue(BsonDocument.Parse(started.Command.ToJson()));
            });

    private static IEnumerable<BsonDocument> Single(BsonDocument command)
    {
        foreach (var name in OfTheSession)
            command.Remove(name);
        foreach (var many in (string[])["updates", "deletes"])
            if (command.TryGetValue(many, out var statements))
                return statements.AsBsonArray.Select(statement => new BsonDocument(command)
                {
                    [many] = new BsonArray { statement },
                });
        return [command];
    }
}
