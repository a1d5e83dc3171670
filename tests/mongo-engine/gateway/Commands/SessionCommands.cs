using MongoDB.Bson;
using MongoGateway.Sessions;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>Sessions and the ends of transactions. A transaction starts with its first command.</summary>
internal sealed class SessionCommands(Transactions transactions, Cursors cursors) : ICommandGroup
{
    public IEnumerable<(string Name, Handler Run)> Commands =>
        [
            ("startSession", _ => Reply.OkAsync(NewSession())),
            ("refreshSessions", _ => Reply.OkAsync()),
            ("endSessions", EndAsync),
            ("killSessions", EndAsync),
            (
                "commitTransaction",
                async request =>
                {
                    await transactions.CommitAsync(request);
                    return Reply.Ok();
                }
            ),
            (
                "abortTransaction",
                async request =>
                {
                    await transactions.AbortAsync(request);
                    return Reply.Ok();
                }
            ),
        ];

    private static BsonDocument NewSession() =>
        new()
        {
            { "id", new BsonDocument("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard)) },
            { "timeoutMinutes", 30 },
        };

    private async Task<ReadOnlyMemory<byte>> EndAsync(Request request)
    {
        var list = request.Command.Inner(request.Command.First());
        foreach (var element in list.Elements())
            if (SessionId.Of(list.Inner(element)) is { } session)
            {
                await transactions.EndSessionAsync(session);
                await cursors.EndSessionAsync(session);
            }

        return Reply.Ok();
    }
}
