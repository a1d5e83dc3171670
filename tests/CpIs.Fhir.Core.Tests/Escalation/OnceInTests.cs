using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>Once in a time over all servers; what one began when it was killed is done by another.</summary>
public sealed class OnceInTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private EscalationHarness _house = null!;
    private int _done;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await EscalationHarness.OpenAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task What_was_done_is_not_done_again_before_its_time_by_anybody()
    {
        var (one, other) = (_house.Once(), _house.Once());
        await one.DoAsync("a", () => DoneAsync(Hour), Stop);
        await other.DoAsync("a", () => DoneAsync(Hour), Stop);
        await other.DoAsync("b", () => DoneAsync(Hour), Stop);
        _done.Should().Be(2);

        _house.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await one.DoAsync("a", () => DoneAsync(Hour), Stop);
        await _house.Once().DoAsync("a", () => DoneAsync(Hour), Stop);
        _done.Should().Be(2);

        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await one.DoAsync("a", () => DoneAsync(Hour), Stop);
        _done.Should().Be(3);
    }

    [Fact]
    public async Task What_was_not_done_may_be_done_at_once()
    {
        await _house.Once().DoAsync("a", () => DoneAsync(TimeSpan.Zero), Stop);
        await _house.Once().DoAsync("a", () => DoneAsync(Hour), Stop);

        _done.Should().Be(2);
    }

    [Fact]
    public async Task What_a_killed_server_had_begun_is_done_after_its_attempt_time()
    {
        var killed = new TaskCompletionSource<TimeSpan>();
        var never = _house.Once().DoAsync("a", () => killed.Task, Stop);
        var next = _house.Once();
        await next.DoAsync("a", () => DoneAsync(Hour), Stop);
        _done.Should().Be(0);

        _house.Clock.Advance(OnceIn.AttemptTime);
        await next.DoAsync("a", () => DoneAsync(Hour), Stop);

        _done.Should().Be(1);
        killed.SetResult(Hour);
        await never;
    }

    private Task<TimeSpan> DoneAsync(TimeSpan again)
    {
        _done++;
        return Task.FromResult(again);
    }
}
