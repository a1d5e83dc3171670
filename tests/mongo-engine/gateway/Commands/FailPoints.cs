using MongoGateway.Errors;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>
/// <c>configureFailPoint</c> of a server that was started for tests, for the one fail point that driver tests use:
/// <c>failCommand</c> ("Fail points" in the driver specifications). A server holds one; here each <c>appName</c> may have its
/// own, so that several test programs can share the engine.
/// </summary>
internal sealed class FailPoints(bool areOn) : ICommandGroup
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FailCommand> _armed = [];

    // Also of those that have struck as often as they were to: a command may still be blocked.
    private readonly Dictionary<string, TaskCompletionSource> _off = [];
    private int _struck;

    public IEnumerable<(string Name, Handler Run)> Commands => areOn ? [("configureFailPoint", Configure)] : [];

    /// <summary>What is to happen to a command; null for nothing.</summary>
    public Failure? Take(Request request)
    {
        lock (_lock)
        {
            var point = _armed.Values.FirstOrDefault(point => point.Concerns(request));
            if (point is null)
                return null;
            var (strikes, next) = point.Count();
            Arm(point.AppName, next);
            _struck += strikes ? 1 : 0;
            return strikes ? new Failure(point) : null;
        }
    }

    private Task<ReadOnlyMemory<byte>> Configure(Request request)
    {
        var command = Reply.Decode(request.Command);
        if (request.Database != "admin")
            throw new MongoError(13, "Unauthorized", "configureFailPoint may only be run against the admin database.");
        if (command["configureFailPoint"] != "failCommand")
            throw new MongoError(2, "BadValue", "the only fail point here is failCommand");
        lock (_lock)
        {
            var (appName, point) = FailCommand.Read(command);
            if (_off.Remove(appName, out var off))
                off.SetResult();
            if (point is not null)
                _off[appName] = point.Off;
            Arm(appName, point);
            return Reply.OkAsync(new("count", _struck));
        }
    }

    private void Arm(string appName, FailCommand? point)
    {
        if (point is null)
            _armed.Remove(appName);
        else
            _armed[appName] = point;
    }
}
