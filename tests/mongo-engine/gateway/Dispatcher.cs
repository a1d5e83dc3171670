using MongoDB.Bson;
using MongoGateway.Commands;
using MongoGateway.Errors;
using MongoGateway.Sessions;
using MongoGateway.Wire;
using Npgsql;

namespace MongoGateway;

/// <summary>Runs commands: fail points before and after, the session's transaction around, errors as a server tells them.</summary>
internal sealed class Dispatcher(
    IEnumerable<ICommandGroup> groups,
    Transactions transactions,
    ReplicaSet set,
    FailPoints failPoints,
    GatewayOptions options
)
{
    private const int MostAttempts = 20;

    private static readonly HashSet<string> NeverInTransaction = new(StringComparer.OrdinalIgnoreCase)
    {
        "collMod",
        "count",
        "createIndexes",
        "drop",
        "dropDatabase",
        "dropIndexes",
        "listCollections",
        "listDatabases",
        "listIndexes",
        "renameCollection",
    };

    private readonly Dictionary<string, Handler> _handlers = groups
        .SelectMany(group => group.Commands)
        .ToDictionary(command => command.Name, command => command.Run, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="CutConnectionException">A fail point wants the connection to end without an answer.</exception>
    public async Task<ReadOnlyMemory<byte>> RunAsync(Request request)
    {
        Trace(request, "", request.Command.Bytes);
        var failure = failPoints.Take(request);
        if (failure is not null)
            await failure.BlockAsync();
        failure?.CutBefore();
        ReadOnlyMemory<byte> reply;
        try
        {
            failure?.Fail();
            set.Check(request);
            await transactions.EnterAsync(request);
            reply = await HandleAsync(request);
            if (request.Transaction is { } transaction && new RawDocument(reply).Has("writeErrors"))
                await transactions.AbortAsync(transaction);
        }
        catch (Exception e)
        {
            if (request.Transaction is { } transaction && !request.EndsTransaction)
                await transactions.AbortAsync(transaction);
            reply = Describe(ErrorMap.Of(e, request), request);
        }
        finally
        {
            request.Turn?.Release();
        }

        failure?.CutAfter();
        reply = failure?.Amend(reply) ?? reply;
        Trace(request, "-> ", reply);
        return reply;
    }

    private async Task<ReadOnlyMemory<byte>> HandleAsync(Request request)
    {
        if (!_handlers.TryGetValue(request.Name, out var handler))
            throw new MongoError(59, "CommandNotFound", $"no such command: '{request.Name}'");
        if (request.Transaction is not null && NeverInTransaction.Contains(request.Name))
            throw new MongoError(
                263,
                "OperationNotSupportedInTransaction",
                $"Cannot run '{request.Name}' in a multi-document transaction."
            );
        for (var attempt = 1; ; attempt++)
            try
            {
                return await handler(request);
            }
            catch (PostgresException e)
                when (request.Transaction is null
                    && attempt < MostAttempts
                    && e.SqlState is (PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
                )
            {
                // Outside a transaction a server tries a conflicting write again itself. What failed left nothing behind.
                await Task.Delay(Random.Shared.Next(1, 10 * attempt));
            }
    }

    private static ReadOnlyMemory<byte> Describe(MongoError error, Request request)
    {
        var document = new BsonDocument
        {
            { "ok", 0.0 },
            { "errmsg", error.Message },
            { "code", error.Code },
            { "codeName", error.Name },
        };
        var labels = ErrorLabels.Of(error, request);
        if (labels.Count > 0)
            document.Add("errorLabels", new BsonArray(labels));
        return Reply.Encode(document);
    }

    private void Trace(Request request, string what, ReadOnlyMemory<byte> document)
    {
        const int Longest = 600;
        if (!options.Trace)
            return;
        var text = Reply.Decode(document).ToString();
        Console.WriteLine($"[{request.Client.Id}] {what}{(text.Length > Longest ? text[..Longest] + "..." : text)}");
    }
}
