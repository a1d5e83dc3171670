using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// After a copy in the middle of whatever the engine was at, the target goes on as the source would have: nothing lost, no
/// number twice, nothing told again that was delivered (promises 3 and 4).
/// </summary>
public sealed class EngineAfterCopyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_came_before_the_target_goes_on_as_the_source_would_have(int seed)
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(Make.Noon);
        var history = new RandomHistory(seed, Cancellation);
        await using (var store = await Copying.OpenAsync(folder["source"], time, Cancellation))
            await history.RunAsync(20 + seed * 7, store);

        (await Copying.RunAsync(folder["source"], folder["target"], time, Cancellation)).IsSound.Should().BeTrue();

        await using var source = await Copying.OpenAsync(folder["source"], time, Cancellation);
        await using var target = await Copying.OpenAsync(folder["target"], time, Cancellation);
        (await history.ShowAsync(target)).Should().Be(await history.ShowAsync(source));
        await history.RunAsync(120, source, target);
        (await history.ShowAsync(target)).Should().Be(await history.ShowAsync(source));
    }
}
