using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>The fail point as it was armed: which commands, from which client, how often, and what is to happen.</summary>
/// <param name="Data">Its <c>data</c>; see <see cref="Failure"/>.</param>
/// <param name="Skip">How many commands it lets pass before.</param>
/// <param name="Times">How often it strikes; null for always.</param>
internal sealed record FailCommand(BsonDocument Data, int Skip, int? Times)
{
    /// <summary>Ends when it is turned off or replaced.</summary>
    public TaskCompletionSource Off { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The client it is meant for; empty for every client.</summary>
    public string AppName => AppNameOf(Data);

    /// <summary>Whom it is meant for, and the fail point: null for <c>mode: "off"</c>.</summary>
    public static (string AppName, FailCommand? Point) Read(BsonDocument command)
    {
        var data = command.GetValue("data", new BsonDocument()).AsBsonDocument;
        var point = command.GetValue("mode", BsonNull.Value) switch
        {
            BsonString { Value: "off" } => null,
            BsonString { Value: "alwaysOn" } => new FailCommand(data, 0, null),
            BsonDocument mode when mode.Contains("times") => new FailCommand(data, 0, mode["times"].ToInt32()),
            BsonDocument mode when mode.Contains("skip") => new FailCommand(data, mode["skip"].ToInt32(), null),
            _ => throw new MongoError(2, "BadValue", "mode must be off, alwaysOn, {times: n} or {skip: n}"),
        };
        return (AppNameOf(data), point);
    }

    public bool Concerns(Request request) =>
        Data.GetValue("failCommands", new BsonArray()).AsBsonArray.Any(name => name == request.Name)
        && (AppName.Length == 0 || AppName == request.Client.AppName)
        && (!Data.TryGetValue("namespace", out var name) || name == request.Namespace);

    /// <summary>Whether it strikes now, and what is left of it.</summary>
    public (bool Strikes, FailCommand? Next) Count() =>
        (Skip, Times) switch
        {
            (> 0, _) => (false, this with { Skip = Skip - 1 }),
            (_, null) => (true, this),
            (_, <= 1) => (true, null),
            _ => (true, this with { Times = Times - 1 }),
        };

    private static string AppNameOf(BsonDocument data) => data.GetValue("appName", "").AsString;
}
