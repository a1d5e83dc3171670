namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Promise 9 where the store does not answer at all.</summary>
public sealed class HangingStoreTests(ImpatientExchange exchange) : IClassFixture<ImpatientExchange>, IDisposable
{
    public void Dispose() => exchange.Watch.Forget();

    [Theory]
    [InlineData("ReadChildAsync")]
    [InlineData("ReadHistoryAsync")]
    [InlineData("RecordAsync")]
    public async Task A_store_that_hangs_gives_503_after_the_time_limit(string step)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        exchange.Watch.Hangs = name => name == step;

        CouldNotCheckTests.ShouldBeCouldNotCheck(await setting.LookUpAsync(child.NhsNumber));
    }
}
