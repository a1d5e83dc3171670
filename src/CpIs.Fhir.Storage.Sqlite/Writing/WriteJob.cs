using CpIs.Fhir.Core;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Writing;

/// <summary>
/// One write that waits for its group. Whoever begins it and whoever withdraws it race for one flag, so a withdrawn
/// write is never written and a begun one never withdrawn.
/// </summary>
internal abstract class WriteJob(bool large)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Withdrawn = 2;
    private int _state = Waiting;

    /// <summary>True for an upload; at most one is in a group.</summary>
    public bool IsLarge { get; } = large;

    /// <summary>False when it was withdrawn in time.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    /// <summary>False when it has begun: then nothing is known of its outcome until its group has ended.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    /// <summary>Writes, inside a savepoint of its own. False to undo what it wrote; its result stands all the same.</summary>
    public abstract bool Write(Connection connection);

    /// <summary>The group is durable: gives the waiter the result.</summary>
    public abstract void Complete();

    /// <summary>Tells the waiter why there is none. The first call counts.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>What a write answers, and whether what it wrote is kept.</summary>
internal readonly record struct Written<T>(T Value, bool Keep)
{
    public static implicit operator Written<T>(T value) => new(value, true);
}

/// <inheritdoc />
internal sealed class WriteJob<T>(Func<Connection, Written<T>> write, bool large) : WriteJob(large)
{
    // Continuations run on the thread pool: the writer thread must never run a waiter's code.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;

    /// <summary>Ends when the group has.</summary>
    public Task<T> Done => _done.Task;

    public override bool Write(Connection connection)
    {
        (_value, var keep) = write(connection);
        return keep;
    }

    public override void Complete() => _done.TrySetResult(_value!);

    public override void Fail(Exception failure) =>
        _done.TrySetException(
            failure switch
            {
                SqliteException sqlite => StoreFailure.Of(sqlite),
                // One exception object must not be thrown by many waiters: each adds to its stack trace.
                StoreUnavailableException shared => new StoreUnavailableException(
                    shared.Message,
                    shared.InnerException
                ),
                _ => failure,
            }
        );
}
