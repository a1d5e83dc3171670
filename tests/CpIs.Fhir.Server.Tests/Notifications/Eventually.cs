namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Waits on a condition of work that runs on other threads; the time limit is for a broken build only.</summary>
internal static class Eventually
{
    public static Task IsTrue(Func<bool> condition) => IsTrueAsync(() => Task.FromResult(condition()));

    public static async Task IsTrueAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
