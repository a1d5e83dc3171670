using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Hosting;

public sealed class WriteCheckTests
{
    [Fact]
    public async Task The_store_is_written_to_once_a_second_however_many_ask()
    {
        var time = new FakeTimeProvider();
        var writes = 0;
        var check = new WriteCheck(
            _ => ++writes > 1 ? Task.FromException(new StoreUnavailableException("full")) : Task.CompletedTask,
            time
        );
        var ask = () => check.RunAsync(TestContext.Current.CancellationToken);

        for (var i = 0; i < 10; i++)
            await ask();
        writes.Should().Be(1);

        time.Advance(TimeSpan.FromSeconds(1));
        await ask.Should().ThrowAsync<StoreUnavailableException>();
        await ask.Should().ThrowAsync<StoreUnavailableException>();
        writes.Should().Be(2);
    }

    [Fact]
    public async Task A_store_that_hangs_is_told_after_two_seconds_and_not_asked_again_while_it_hangs()
    {
        var time = new FakeTimeProvider();
        var writes = 0;
        var hanging = new TaskCompletionSource();
        var check = new WriteCheck(
            _ =>
            {
                writes++;
                return hanging.Task;
            },
            time
        );

        for (var i = 0; i < 3; i++)
        {
            var asked = check.RunAsync(TestContext.Current.CancellationToken);
            asked.IsCompleted.Should().BeFalse();
            time.Advance(WriteCheck.Longest);
            await FluentActions.Awaiting(() => asked).Should().ThrowAsync<StoreUnavailableException>();
        }

        writes.Should().Be(1);
        hanging.SetResult();
        time.Advance(TimeSpan.FromSeconds(1));
        await check.RunAsync(TestContext.Current.CancellationToken);
        writes.Should().Be(2);
    }

    [Fact]
    public async Task A_write_that_can_be_given_up_is_given_up()
    {
        var time = new FakeTimeProvider();
        var check = new WriteCheck(stop => Task.Delay(Timeout.Infinite, stop), time);

        var asked = check.RunAsync(TestContext.Current.CancellationToken);
        time.Advance(WriteCheck.Longest);

        await FluentActions.Awaiting(() => asked).Should().ThrowAsync<StoreUnavailableException>();
    }

    [Fact]
    public async Task One_who_goes_away_does_not_end_the_write_for_the_others()
    {
        var write = new TaskCompletionSource();
        var check = new WriteCheck(_ => write.Task, new FakeTimeProvider());
        using var gone = new CancellationTokenSource();

        var first = check.RunAsync(gone.Token);
        var second = check.RunAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        write.SetResult();

        await second;
        first.IsCanceled.Should().BeTrue();
    }
}
