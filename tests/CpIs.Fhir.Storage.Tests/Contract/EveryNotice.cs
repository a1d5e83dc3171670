using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Everything that is asked of a store for work-lists and the ledger of attempts, so that the plans of all of it are seen.</summary>
internal static class EveryNotice
{
    public static async Task RunAsync(IStoreUnderTest store, CancellationToken cancellation)
    {
        var after = new PagePosition(Make.Noon, "o");
        await store.Worklists.ReadUntoldAsync(cancellation);
        foreach (NoticeState[] states in new NoticeState[][] { [NoticeState.Untold], Enum.GetValues<NoticeState>() })
        foreach (var position in new[] { null, after })
            await store.Worklists.ReadNoticesAsync(
                new NoticeQuery(Make.Herts, states, Make.Noon, position, 9),
                cancellation
            );
        await store.Worklists.FindNoticesAsync(Make.Herts, ["o1"], cancellation);
        await store.Records.CommitAsync(
            new Commit { Taken = new NoticesTaken(Make.Herts, ["o1"], Make.Noon, "by") },
            cancellation
        );
        await store.Notifications.FindDeliveredUntoldAsync("s", 9, cancellation);
        await store.Notifications.ResendAsync("s", 1, 9, Make.Noon, cancellation);
        foreach (
            var again in await store.Notifications.ClaimDueAsync(Make.Noon, TimeSpan.FromMinutes(1), 9, cancellation)
        )
            await store.Notifications.SettleAsync(again, Make.Noon, cancellation);
        await store.Attempts.AddAttemptsAsync(
            [
                new DeliveryAttempt(
                    "a",
                    "s",
                    Make.Noon,
                    "server",
                    NotificationType.Handshake,
                    null,
                    0,
                    200,
                    TimeSpan.Zero,
                    null
                ),
            ],
            cancellation
        );
        await store.Attempts.ReadAttemptsAsync("s", null, 9, cancellation);
        await store.Attempts.ReadAttemptsAsync("s", after, 9, cancellation);
        await store.Retention.RemoveAttemptsAsync(Make.Noon, 9, cancellation);
        await store.Records.ReadPatientsAsync(Make.Herts, null, 9, cancellation);
        await store.Records.ReadPatientsAsync(Make.Herts, "p", 9, cancellation);
        await RunDailyFilesAsync(store.DailyFiles, cancellation);
    }

    private static async Task RunDailyFilesAsync(IDailyFileStore files, CancellationToken cancellation)
    {
        var file = await files.OpenFileAsync(DailyFileContract.File(1), cancellation);
        await files.ReplaceFileAsync(file with { Revision = 2 }, cancellation);
        await files.ReadWaitingFilesAsync(cancellation);
        await files.ReadFilesAsync(Make.Herts, 9, cancellation);
        await files.PutSliceAsync(file.Id, "b", 0, default, cancellation);
        await files.ReadSliceAsync(file.Id, "b", 0, cancellation);
        await files.RemoveSlicesAsync(file.Id, cancellation);
        await files.ReadResultsAsync(file.Id, 0, 9, cancellation);
        await files.DropFileAsync(file with { Revision = 2 }, cancellation);
        await files.RemoveFilesAsync(DateTimeOffset.MaxValue, 9, cancellation);
    }
}
