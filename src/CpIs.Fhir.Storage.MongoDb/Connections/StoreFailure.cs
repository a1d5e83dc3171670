using CpIs.Fhir.Core;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>
/// The driver's errors in the words of the store port. A server's message may repeat the key of a document, and with it an NHS
/// number, so only codes and kinds pass from here.
/// </summary>
internal static class StoreFailure
{
    private const int MaxTimeExpired = 50;
    private const int WriteConflict = 112;

    // Elections, shutdowns and lost members: the same call may succeed a moment later.
    private static readonly HashSet<int> Passing =
    [
        6,
        7,
        89,
        91,
        134,
        189,
        262,
        317,
        358,
        9001,
        10107,
        11600,
        11602,
        13388,
        13435,
        13436,
    ];

    /// <summary>Everything that the driver throws when the store could not do what was asked, be it that it has been closed.</summary>
    public static bool IsOfStore(Exception failure) =>
        failure
            is MongoException
                or TimeoutException
                or System.IO.IOException
                or System.Net.Sockets.SocketException
                or ObjectDisposedException;

    /// <summary>What a waiter gets.</summary>
    public static StoreUnavailableException Of(Exception failure) =>
        failure as StoreUnavailableException
        ?? new StoreUnavailableException($"MongoDB could not do it: {Describe(failure)}.");

    /// <summary>
    /// What a waiter gets who may have gone away, or whose own limit is over, in the very moment: then the driver may say anything
    /// (a broken connection, no server), and only the end of the wait counts.
    /// </summary>
    public static Exception Of(Exception failure, CancellationToken waiter) =>
        waiter.IsCancellationRequested ? new OperationCanceledException(waiter) : Of(failure);

    /// <summary>True for a document or key that may not be there twice: somebody was first, perhaps an earlier try of ours.</summary>
    public static bool IsDuplicate(Exception failure) =>
        failure switch
        {
            MongoBulkWriteException bulk => bulk.WriteErrors.Any(e => e.Category == ServerErrorCategory.DuplicateKey),
            MongoWriteException write => write.WriteError?.Category == ServerErrorCategory.DuplicateKey,
            MongoCommandException command => command.Code is 11000 or 11001 or 12582,
            _ => false,
        };

    /// <summary>
    /// True when trying again may help and nothing was decided: no primary, a lost connection, a timeout, a majority that did
    /// not confirm in time, another writer in the way. The write itself may have been done.
    /// </summary>
    public static bool IsPassing(Exception failure) =>
        failure switch
        {
            MongoConnectionException
            or MongoNotPrimaryException
            or MongoNodeIsRecoveringException
            or MongoConnectionPoolPausedException
            or MongoWaitQueueFullException
            or MongoExecutionTimeoutException
            or MongoWriteConcernException
            or TimeoutException => true,
            MongoBulkWriteException bulk => bulk.WriteErrors.Count == 0 && bulk.WriteConcernError is not null,
            MongoWriteException write => write.WriteError is null && write.WriteConcernError is not null,
            MongoCommandException command => command.Code is MaxTimeExpired or WriteConflict
                || Passing.Contains(command.Code),
            MongoException labelled => labelled.HasErrorLabel("RetryableWriteError")
                || labelled.HasErrorLabel("TransientTransactionError"),
            _ => false,
        };

    private static string Describe(Exception failure) =>
        failure switch
        {
            MongoCommandException command => $"error {command.Code} ({command.CodeName})",
            MongoBulkWriteException { WriteErrors: [var first, ..] } => $"error {first.Code}",
            MongoWriteException { WriteError: { } error } => $"error {error.Code}",
            MongoBulkWriteException or MongoWriteException => "no majority confirmed a write in time",
            TimeoutException => "no server answered in time",
            ObjectDisposedException => "it is closed",
            _ => failure.GetType().Name,
        };
}
