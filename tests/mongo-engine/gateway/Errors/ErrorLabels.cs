using MongoGateway.Wire;

namespace MongoGateway.Errors;

/// <summary>
/// The labels by which a driver decides what to try again, given as a server gives them
/// (src/mongo/db/error_labels.cpp of the server; "Retryable Writes" and "Transactions" of the driver specifications).
/// </summary>
internal static class ErrorLabels
{
    private const int LockTimeout = 24;
    private const int WriteConflict = 112;
    private const int NoSuchTransaction = 251;

    // HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown, ExceededTimeLimit, SocketException,
    // NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary
    private static readonly HashSet<int> Retryable = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

    public static IReadOnlyList<string> Of(MongoError error, Request request)
    {
        if (error.Labels is not null)
            return error.Labels;
        var labels = new List<string>();
        if (IsTransient(error.Code, request))
            labels.Add("TransientTransactionError");
        if (Retryable.Contains(error.Code) && (request.RetryKey is not null || request.EndsTransaction))
            labels.Add("RetryableWriteError");
        return labels;
    }

    /// <summary>
    /// The whole transaction may be run again. Never said of a commit whose outcome is not known: it may have been carried out.
    /// </summary>
    private static bool IsTransient(int code, Request request) =>
        request.IsTransactional
        && (
            code is WriteConflict or LockTimeout or NoSuchTransaction
            || (Retryable.Contains(code) && !request.EndsTransaction)
        );
}
