using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>
/// What happens to one command: <c>blockConnection</c> and <c>blockTimeMS</c>, <c>closeConnection</c>, <c>errorCode</c> and
/// <c>errorLabels</c>, <c>writeConcernError</c> as on a server, and <c>closeAfter</c>, which is ours: the command is carried
/// out, and the connection closes instead of an answer. That is how a client gets an unknown outcome.
/// </summary>
internal sealed class Failure(BsonDocument data)
{
    public async Task BlockAsync()
    {
        if (Is("blockConnection"))
            await Task.Delay(data["blockTimeMS"].ToInt32());
    }

    /// <exception cref="CutConnectionException">The command is not run and not answered.</exception>
    public void CutBefore()
    {
        if (Is("closeConnection"))
            throw new CutConnectionException();
    }

    /// <exception cref="MongoError">The command is not run and answered so.</exception>
    public void Fail()
    {
        if (!data.TryGetValue("errorCode", out var code))
            return;
        var labels = data.TryGetValue("errorLabels", out var given)
            ? given.AsBsonArray.Select(label => label.AsString).ToArray()
            : null;
        throw new MongoError(
            code.ToInt32(),
            ErrorName.Of(code.ToInt32()),
            "Failing command via 'failCommand' failpoint"
        )
        {
            Labels = labels,
        };
    }

    /// <exception cref="CutConnectionException">The command was run and is not answered.</exception>
    public void CutAfter()
    {
        if (Is("closeAfter"))
            throw new CutConnectionException();
    }

    /// <summary>The answer, with what is to be added to it.</summary>
    public ReadOnlyMemory<byte> Amend(ReadOnlyMemory<byte> reply)
    {
        if (!data.TryGetValue("writeConcernError", out var error))
            return reply;
        var amended = Reply.Decode(reply).Set("writeConcernError", error);
        if (data.TryGetValue("errorLabels", out var labels))
            amended.Set("errorLabels", labels);
        return Reply.Encode(amended);
    }

    private bool Is(string name) => data.GetValue(name, false).ToBoolean();
}
