using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>
/// What happens to one command: <c>blockConnection</c> and <c>blockTimeMS</c>, <c>closeConnection</c>, <c>errorCode</c> and
/// <c>errorLabels</c>, <c>writeConcernError</c> as on a server. Two are ours: <c>closeAfter</c>, with which the command is
/// carried out and the connection closes instead of an answer, so that a client gets an unknown outcome; and
/// <c>blockUntilOff</c>, with which a blocked command waits until the fail point is turned off.
/// </summary>
internal sealed class Failure(FailCommand point)
{
    private readonly BsonDocument _data = point.Data;

    public async Task BlockAsync()
    {
        if (!Is("blockConnection"))
            return;
        if (Is("blockUntilOff"))
            await point.Off.Task;
        else
            await Task.Delay(_data["blockTimeMS"].ToInt32());
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
        if (!_data.TryGetValue("errorCode", out var code))
            return;
        var labels = _data.TryGetValue("errorLabels", out var given)
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
        if (!_data.TryGetValue("writeConcernError", out var error))
            return reply;
        var amended = Reply.Decode(reply).Set("writeConcernError", error);
        if (_data.TryGetValue("errorLabels", out var labels))
            amended.Set("errorLabels", labels);
        return Reply.Encode(amended);
    }

    private bool Is(string name) => _data.GetValue(name, false).ToBoolean();
}
