namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>Waits on a condition of another process; never on the clock alone.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan patience, Func<string> what)
    {
        using var limit = new CancellationTokenSource(patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!await condition())
                await tick.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Within {patience} it did not come true that {what()}");
        }
    }
}
