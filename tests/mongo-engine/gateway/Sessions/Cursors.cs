using System.Collections.Concurrent;

namespace MongoGateway.Sessions;

/// <summary>The open cursors of all clients.</summary>
internal sealed class Cursors
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10); // as a server's cursorTimeoutMillis

    private readonly ConcurrentDictionary<long, Cursor> _open = new();

    public void Keep(Cursor cursor) => _open[cursor.Id] = cursor;

    /// <summary>Takes a cursor out; whoever does not finish it keeps it again.</summary>
    public Cursor? Take(long id) => _open.TryRemove(id, out var cursor) ? cursor : null;

    /// <summary>The cursors of a transaction end with it.</summary>
    public void Forget(Transaction transaction)
    {
        foreach (var cursor in _open.Values)
            if (cursor.Transaction == transaction)
                Take(cursor.Id);
    }

    public Task EndSessionAsync(string session) => CloseAsync(cursor => cursor.Session == session);

    public Task ReapAsync() => CloseAsync(cursor => DateTime.UtcNow - cursor.LastUsed > Lifetime);

    private async Task CloseAsync(Func<Cursor, bool> which)
    {
        foreach (var cursor in _open.Values)
            if (which(cursor) && Take(cursor.Id) is { } taken)
                await taken.CloseAsync();
    }
}
