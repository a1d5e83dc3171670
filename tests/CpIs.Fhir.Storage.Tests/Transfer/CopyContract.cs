using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// What every copy keeps, from whatever store into whatever other. A pair of stores runs it by deriving from it.
/// </summary>
public abstract class CopyContract : IAsyncLifetime
{
    private readonly List<CopyEnd> _ends = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(Make.Noon);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends)
            await end.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Everything_that_can_be_asked_of_the_source_is_answered_alike_by_the_target()
    {
        var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
        await using (var store = await from.OpenAsync(Time, Cancellation))
            await Everything.FillAsync(store, Cancellation);

        var outcome = await CopyAsync(from, to);

        outcome.IsSound.Should().BeTrue();
        outcome
            .Sections.ToDictionary(s => s.Section, s => s.Target.Count)
            .Should()
            .BeEquivalentTo(
                new Dictionary<TransferSection, long>
                {
                    [TransferSection.Resources] = 4,
                    [TransferSection.Occurrences] = 6,
                    [TransferSection.Ledgers] = 1,
                    [TransferSection.Events] = 3,
                    [TransferSection.Registrations] = 3,
                    [TransferSection.Keys] = 2,
                    [TransferSection.Answers] = 1,
                    [TransferSection.OneTimeValues] = 1,
                    [TransferSection.Restores] = 0,
                }
            );
        await using var source = await from.OpenAsync(Time, Cancellation);
        await using var target = await to.OpenAsync(Time, Cancellation);
        (await Everything.ShowAsync(target, Cancellation))
            .Should()
            .Be(await Everything.ShowAsync(source, Cancellation));
    }

    [Fact]
    public async Task A_copied_store_keeps_the_promises_of_a_store()
    {
        var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
        await using (var source = await from.OpenAsync(Time, Cancellation))
            await Everything.FillAsync(source, Cancellation);
        await CopyAsync(from, to);
        await using var store = await to.OpenAsync(Time, Cancellation);

        (await store.TryUseOnceAsync("jti", "used\n'once", Make.Noon.AddHours(1), Cancellation))
            .Should()
            .BeFalse("a copy opens no window for a replay");
        var twin = Make.Resource("another", identity: "E10000015|plan");
        (await store.CommitAsync(Make.Commit(twin), Cancellation)).Should().Be(CommitOutcome.Conflict);
        var answered = Make.Commit() with { Answer = Make.Answer("kept") };
        (await store.CommitAsync(answered, Cancellation)).Should().Be(CommitOutcome.AlreadyAnswered);
        var next = Make.Resource("e", version: 5, identity: "E10000015|plan", tokens: "t=1");
        (await store.CommitAsync(Make.Commit(next), Cancellation)).Should().Be(CommitOutcome.Committed);
        (await store.ReadAsync(RecordType.EpisodeOfCare, "e", 4, Cancellation)).Should().NotBeNull();
        (await store.RemoveOccurrencesAsync(Make.Noon.AddYears(1), 100, Cancellation))
            .Should()
            .Be(2, "neither an occurrence that is to be told of goes, nor one that was by an event that is there");
    }

    [Fact]
    public async Task Whatever_came_before_the_target_goes_on_as_the_source_would_have()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
            var history = new RandomHistory(seed, Cancellation);
            await using (var store = await from.OpenAsync(Time, Cancellation))
                await history.RunAsync(20 + seed * 20, store);

            (await CopyAsync(from, to)).IsSound.Should().BeTrue();

            await using var source = await from.OpenAsync(Time, Cancellation);
            await using var target = await to.OpenAsync(Time, Cancellation);
            (await history.ShowAsync(target)).Should().Be(await history.ShowAsync(source), $"seed {seed}");
            await history.RunAsync(StepsAfter, source, target);
            (await history.ShowAsync(target)).Should().Be(await history.ShowAsync(source), $"seed {seed}");
        }
    }

    [Fact]
    public async Task However_it_was_numbered_each_Subscription_gets_the_events_that_it_lacks_and_none_again()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var made = new ForeignNumbering(seed);
            var (first, second) = (await NewSourceAsync(), await NewTargetAsync());
            await using (var target = await first.OpenTargetAsync(Time, Cancellation))
                (await Copying.RunAsync(made.Source, target, Time, Cancellation)).IsSound.Should().BeTrue();
            // And once more, while its numbering is still another's.
            (await CopyAsync(first, second))
                .IsSound.Should()
                .BeTrue();

            await using var store = await second.OpenAsync(Time, Cancellation);
            await made.CheckAsync(store, Cancellation);
        }
    }

    [Fact]
    public async Task Broken_at_any_write_it_goes_on_and_the_target_is_as_if_nothing_had_happened()
    {
        var from = await NewSourceAsync();
        string shown;
        await using (var store = await from.OpenAsync(Time, Cancellation))
        {
            await Everything.FillAsync(store, Cancellation);
            shown = await Everything.ShowAsync(store, Cancellation);
        }

        await using var stored = await from.OpenSourceAsync(Cancellation);
        var source = await MadeSource.OfAsync(stored, Make.Noon, Cancellation);
        var breaks = 0;
        for (var at = 1; ; at += BreakEvery)
        {
            var to = await NewTargetAsync();
            if (!await TryBreakAsync(source, to, at))
                break;
            breaks++;
            await using (var again = await to.OpenTargetAsync(Time, Cancellation))
                (await Copying.RunAsync(source, again, Time, Cancellation)).IsSound.Should().BeTrue();
            await using var target = await to.OpenAsync(Time, Cancellation);
            (await Everything.ShowAsync(target, Cancellation)).Should().Be(shown, $"broken at {at}");
        }

        breaks
            .Should()
            .BeGreaterThan(30 / BreakEvery, "batches, ends of sections and steps were broken, each {0}th", BreakEvery);
    }

    [Fact]
    public async Task A_batch_that_was_written_though_nobody_said_so_is_written_once()
    {
        var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
        await using (var store = await from.OpenAsync(Time, Cancellation))
            await Everything.FillAsync(store, Cancellation);
        await using var stored = await from.OpenSourceAsync(Cancellation);
        var source = await MadeSource.OfAsync(stored, Make.Noon, Cancellation);
        await using var target = await to.OpenTargetAsync(Time, Cancellation);
        var breaking = new BreakingTarget(target, breakAt: 2, afterwards: true);
        var run = () => Copying.RunAsync(source, breaking, Time, Cancellation);
        await run.Should().ThrowAsync<StoreUnavailableException>();
        var first = await source
            .ReadAsync(TransferSection.Resources, null, Make.Noon, Cancellation)
            .FirstAsync(Cancellation);
        var bookmark = new TransferBookmark(first.LastKey, default(SectionSum).With(first.Records), IsWhole: false);

        await target.WriteAsync(first, first.Section, bookmark, Cancellation);

        (await Copying.RunAsync(source, target, Time, Cancellation)).IsSound.Should().BeTrue();
    }

    [Fact]
    public async Task What_was_told_after_a_restore_is_copied_and_the_next_restore_goes_on_from_there()
    {
        var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
        await using (var store = await from.OpenAsync(Time, Cancellation))
            await Everything.FillAsync(store, Cancellation);
        for (var i = 1; i <= 2; i++)
            await RestoreAsync(from, i);

        var outcome = await CopyAsync(from, to);

        outcome.IsSound.Should().BeTrue();
        outcome.Sections.Single(s => s.Section == TransferSection.Restores).Target.Count.Should().Be(2);
        await using (var source = await from.OpenAsync(Time, Cancellation))
        await using (var target = await to.OpenAsync(Time, Cancellation))
        {
            var gaps = await target.ReadGapsAsync("s", Cancellation);
            gaps.Should().HaveCount(2).And.Equal(await source.ReadGapsAsync("s", Cancellation));
            (await Everything.ShowAsync(target, Cancellation))
                .Should()
                .Be(await Everything.ShowAsync(source, Cancellation));
        }

        var next = await RestoreAsync(to, 3);
        next.Epoch.Should().Be(3);
        next.Subscriptions.Single(s => s.SubscriptionId == "s").LastKept.Should().Be(2_000_001);
    }

    [Fact]
    public async Task A_delivered_event_whose_occurrence_is_gone_stays_as_it_is()
    {
        var source = new MadeSource([
            new PortableResource(Make.Subscription("s1"), []),
            ForeignNumbering.Ledger("s1", 1),
            ForeignNumbering.Event("s1", 1, "gone") with
            {
                Delivered = Make.Noon,
            },
            new PortableStamp(0),
        ]);
        var to = await NewTargetAsync();

        await using (var target = await to.OpenTargetAsync(Time, Cancellation))
            (await Copying.RunAsync(source, target, Time, Cancellation)).IsSound.Should().BeTrue();

        await using var store = await to.OpenAsync(Time, Cancellation);
        (await store.ReadEventsAsync("s1", 1, 9, 9, Cancellation)).Single().Occurrences.Should().Equal("gone");
        (await store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
    }

    [Fact]
    public async Task An_undelivered_event_of_which_nothing_was_copied_stops_the_copy()
    {
        var source = new MadeSource([
            new PortableResource(Make.Subscription("s1"), []),
            ForeignNumbering.Ledger("s1", 1),
            ForeignNumbering.Event("s1", 1, "lost"),
        ]);
        await using var target = await (await NewTargetAsync()).OpenTargetAsync(Time, Cancellation);

        var copy = () => Copying.RunAsync(source, target, Time, Cancellation);

        (await copy.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*Event 1*s1*lost*");
    }

    [Fact]
    public async Task A_store_that_holds_something_is_no_target_and_an_unfinished_one_is_nothing_else()
    {
        var (from, to, third) = (await NewSourceAsync(), await NewTargetAsync(), await NewTargetAsync());
        await using (var store = await from.OpenAsync(Time, Cancellation))
            await Everything.FillAsync(store, Cancellation);
        (await CopyAsync(from, to)).IsSound.Should().BeTrue();

        (await CopyAsync(from, to)).Begin.Answer.Should().Be(TransferAnswer.NotEmpty);

        await using (var target = await third.OpenTargetAsync(Time, Cancellation))
            await target.BeginAsync(new TransferStart("of another", "elsewhere", Make.Noon), Cancellation);
        var other = await CopyAsync(from, third);
        other.Begin.Answer.Should().Be(TransferAnswer.AnotherCopy);
        other.Begin.Copy!.Source.Should().Be("elsewhere");
        var open = () => third.OpenAsync(Time, Cancellation);
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*run it again*");
        var read = () => third.OpenSourceAsync(Cancellation);
        (await read.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*");
    }

    [Fact]
    public async Task An_empty_store_is_copied_too()
    {
        var (from, to) = (await NewSourceAsync(), await NewTargetAsync());
        await using (await from.OpenAsync(Time, Cancellation)) { }

        (await CopyAsync(from, to)).IsSound.Should().BeTrue();

        await using var target = await to.OpenAsync(Time, Cancellation);
        await target.CheckWritableAsync(Cancellation);
    }

    [Fact]
    public async Task A_place_without_a_store_is_no_source()
    {
        var from = await NewSourceAsync();

        var open = () => from.OpenSourceAsync(Cancellation);

        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*no store in*");
    }

    /// <summary>Where a copy is read from.</summary>
    protected abstract Task<CopyEnd> MakeSourceEndAsync();

    /// <summary>Where a copy goes.</summary>
    protected abstract Task<CopyEnd> MakeTargetEndAsync();

    /// <summary>Random histories that are tried.</summary>
    protected virtual int Histories => 10;

    /// <summary>Steps on both stores after the copy.</summary>
    protected virtual int StepsAfter => 120;

    /// <summary>Every how many writes a copy is broken.</summary>
    protected virtual int BreakEvery => 1;

    private async Task<CopyEnd> NewSourceAsync() => Kept(await MakeSourceEndAsync());

    private async Task<CopyEnd> NewTargetAsync() => Kept(await MakeTargetEndAsync());

    private CopyEnd Kept(CopyEnd end)
    {
        _ends.Add(end);
        return end;
    }

    private async Task<CopyOutcome> CopyAsync(CopyEnd from, CopyEnd to)
    {
        await using var source = await from.OpenSourceAsync(Cancellation);
        await using var target = await to.OpenTargetAsync(Time, Cancellation);
        return await Copying.RunAsync(source, target, Time, Cancellation);
    }

    /// <summary>False when there were fewer writes.</summary>
    private async Task<RestoreOutcome> RestoreAsync(CopyEnd end, int day)
    {
        await using var restore = await end.OpenRestoreAsync(Time, Cancellation);
        return await restore.RunAsync(
            new RestoreTerms(Make.Noon.AddDays(day), RestoreTerms.UsualJump, Again: true),
            Cancellation
        );
    }

    private async Task<bool> TryBreakAsync(MadeSource source, CopyEnd to, int at)
    {
        await using var target = await to.OpenTargetAsync(Time, Cancellation);
        var breaking = new BreakingTarget(target, at, afterwards: false);
        try
        {
            await Copying.RunAsync(source, breaking, Time, Cancellation);
            return false;
        }
        catch (StoreUnavailableException)
        {
            breaking.HasBroken.Should().BeTrue();
            return true;
        }
    }
}
