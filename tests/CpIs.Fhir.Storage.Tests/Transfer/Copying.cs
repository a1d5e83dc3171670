using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Transfer;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>Copies between directories, as the command does.</summary>
internal static class Copying
{
    public static async Task<CopyOutcome> RunAsync(
        string from,
        string to,
        TimeProvider time,
        CancellationToken cancellation,
        Action<TransferProgress>? told = null
    )
    {
        await using var source = SqliteTransferSource.Open(Options(from));
        await using var target = SqliteTransferTarget.Open(Options(to));
        return await RunAsync(source, target, time, cancellation, told);
    }

    public static Task<CopyOutcome> RunAsync(
        ITransferSource source,
        ITransferTarget target,
        TimeProvider time,
        CancellationToken cancellation,
        Action<TransferProgress>? told = null
    ) => new StoreCopy(source, target, time).RunAsync(new Told(told ?? (_ => { })), cancellation);

    public static SqliteStoreOptions Options(string directory) => new() { Directory = directory };

    public static Task<SqliteStore> OpenAsync(string directory, TimeProvider time, CancellationToken cancellation) =>
        SqliteStore.OpenAsync(Options(directory), time, cancellation);

    /// <summary>On the thread that tells, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Told(Action<TransferProgress> told) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => told(value);
    }
}
