namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Waits on a condition of work that runs on other threads; the time limit is for a broken build only.</summary>
internal static class Eventually
{
    public static async Task IsTrue(Func<bool> condition)
    {
        var limit = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            (DateTime.UtcNow < limit).Should().BeTrue("the condition comes true within 20 s");
            await Task.Yield();
        }
    }
}
