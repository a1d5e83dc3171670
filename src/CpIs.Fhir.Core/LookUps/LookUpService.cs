using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The journey of the LOOK-UP: caller, NHS number, read records, visibility, occurrence (with obligations) durable,
/// answer. Hit, miss and refusal are all recorded before a byte of the answer exists outside this class (promise 1).
/// </summary>
public sealed class LookUpService(
    IRecordStore records,
    IOccurrenceStore occurrences,
    IOrganisationDirectory directory,
    IDispatchSignal dispatcher,
    ThrottledLookUps throttled,
    IdGenerator ids,
    TimeProvider time,
    LookUpOptions options,
    ProtectedOptions protection
)
{
    /// <summary>Looks one child up and records that it was done.</summary>
    /// <param name="request">As it was asked; also one that was refused before.</param>
    /// <param name="caller">Who asks. Unless the request was refused: a person of a setting.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>
    /// What to show, or the refusal, which has been recorded too (429: by sample, see <see cref="ThrottledLookUps"/>).
    /// </returns>
    /// <exception cref="StoreUnavailableException">
    /// Nothing is known of the child or of the record of this look-up: answer 503 and say nothing.
    /// </exception>
    public async Task<Result<LookUpAnswer>> LookUpAsync(
        LookUpRequest request,
        Caller caller,
        CancellationToken cancellation
    )
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await DecideAsync(request, caller, limit.Token);
        }
        catch (OperationCanceledException ended) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The look-up took longer than its time limit.", ended);
        }
    }

    private async Task<Result<LookUpAnswer>> DecideAsync(
        LookUpRequest request,
        Caller caller,
        CancellationToken cancellation
    )
    {
        var attempt = Begin(request, caller);
        // Read before it is known whether the caller may ask, so that a refusal too is found among the accesses of its child.
        var parameters = LookUpParameters.Parse(request, attempt.Time);
        if (parameters.Refusal is null)
            attempt = attempt with { Child = parameters.Value.Child };
        if (request.Refused is { } early)
            return early.Kind == RefusalKind.TooMany
                ? await ThrottleAsync(attempt, early, caller, cancellation)
                : await RefuseAsync(attempt, early, cancellation);

        if (
            caller is not { Kind: CallerKind.Setting, Person: { } person }
            || directory.Current.Find(caller.Organisation) is not { } setting
        )
            throw new InvalidOperationException("Only a person of a registered care setting can look a child up.");
        var admitted = LookUpAdmission.Decide(
            person,
            caller.Activities,
            setting,
            request.UnscheduledHeader,
            parameters.Refusal is null ? parameters.Value.Missed?.Tell : null
        );
        if (admitted.IsRefused(out var refusal, out var admission))
            return await RefuseAsync(attempt, refusal, cancellation);
        attempt = attempt with { Mode = admission.Mode };
        if (parameters.IsRefused(out refusal, out var asked))
            return await RefuseAsync(attempt, refusal, cancellation);

        return asked.Missed is { } missed
            ? await ReportAsync(
                request,
                asked,
                missed,
                attempt with
                {
                    OrganisationPhone = setting.OfficePhone,
                },
                cancellation
            )
            : await AnswerAsync(request, asked, admission, attempt, cancellation);
    }

    /// <summary>Reads what a look-up reads of the child and writes one occurrence, on a hit as on a miss; the answer holds nothing of it.</summary>
    private async Task<LookUpAnswer> ReportAsync(
        LookUpRequest request,
        LookUpParameters asked,
        MissedAppointment missed,
        Occurrence attempt,
        CancellationToken cancellation
    )
    {
        var view = ChildView.Of(
            await records.ReadChildAsync(asked.Child, cancellation),
            LondonCalendar.DayOf(attempt.Time)
        );
        var occurrence = missed.Place(attempt, view.Shown());
        await occurrences.RecordAsync(occurrence, cancellation);
        if (occurrence.Obligations.Count > 0)
            dispatcher.Wake();
        return new LookUpAnswer(request, asked, occurrence, [], []);
    }

    private async Task<LookUpAnswer> AnswerAsync(
        LookUpRequest request,
        LookUpParameters asked,
        LookUpAdmission admission,
        Occurrence attempt,
        CancellationToken cancellation
    )
    {
        var person = admission.Person.SdsUserId;
        var since = attempt.Time - AccessHistory.RepeatWindow;
        var held = records.ReadChildAsync(asked.Child, cancellation);
        var earlier = occurrences.ReadHistoryAsync(
            asked.Child,
            person,
            since,
            AccessHistory.ReadLength,
            attempt.Time - Attendance.Longest,
            cancellation
        );
        await Task.WhenAll(held, earlier);

        var view = ChildView.Of(await held, LondonCalendar.DayOf(attempt.Time));
        var accesses = await earlier;
        var history = accesses.Where(access => access.InHistory && view.Lists(access)).ToList();
        var occurrence = Complete(attempt, view, admission, accesses, history);
        await occurrences.RecordAsync(occurrence, cancellation);
        if (occurrence.Obligations.Count > 0)
            dispatcher.Wake();

        return new LookUpAnswer(
            request,
            asked,
            occurrence,
            view.Plans,
            view.Plans.Count == 0 ? [] : AccessHistory.Fold(occurrence.InHistory ? [occurrence, .. history] : history)
        )
        {
            Protected = view.Protected.Count == 0 ? null : new ProtectedRecord(ids.Next(), protection.PhoneOrWhom),
        };
    }

    private static Occurrence Complete(
        Occurrence attempt,
        ChildView view,
        LookUpAdmission admission,
        IReadOnlyList<Occurrence> accesses,
        IReadOnlyList<Occurrence> history
    )
    {
        var shown = view.Shown();
        var complete = attempt with
        {
            Outcome = shown.Count > 0 ? AccessOutcome.Shown : AccessOutcome.NothingHeld,
            Shown = shown,
        };
        return shown.Count == 0 || admission.Mode != LookUpMode.Unscheduled
            ? complete
            : Attendance.Place(
                complete with
                {
                    // What showed protected plans alone is in no history, also not when the mark is removed.
                    InHistory =
                        view.Plans.Count > 0
                        && AccessHistory.IsFirst(history, admission.Person.SdsUserId, attempt.Time),
                },
                accesses
            );
    }

    private async Task<Refusal> ThrottleAsync(
        Occurrence attempt,
        Refusal refusal,
        Caller caller,
        CancellationToken cancellation
    )
    {
        var told = LookUpTexts.Failed(refusal);
        if (!throttled.IsRecorded(caller, out var omitted))
            return told;
        await RecordRefusalAsync(
            attempt,
            omitted == 0
                ? told.Issues[0].Diagnostics
                : $"{told.Issues[0].Diagnostics} {omitted} earlier refusals were counted, but not recorded.",
            cancellation
        );
        return told;
    }

    private async Task<Refusal> RefuseAsync(Occurrence attempt, Refusal refusal, CancellationToken cancellation)
    {
        await RecordRefusalAsync(attempt, refusal.Issues[0].Diagnostics, cancellation);
        return refusal;
    }

    private Task RecordRefusalAsync(Occurrence attempt, string reason, CancellationToken cancellation) =>
        occurrences.RecordAsync(attempt with { Outcome = AccessOutcome.Refused, Reason = reason }, cancellation);

    private Occurrence Begin(LookUpRequest request, Caller caller)
    {
        var now = time.GetUtcNow();
        return new Occurrence
        {
            Id = ids.Next(),
            Kind =
                request.Interaction == LookUpInteraction.MissedAppointment
                    ? OccurrenceKind.MissedAppointment
                    : OccurrenceKind.Access,
            Time = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero),
            ClientId = caller.ClientId,
            Organisation = caller.Organisation,
            OrganisationName = caller.OrganisationName,
            CallerKind = caller.Kind,
            Person = caller.Person,
            Interaction = request.Path,
            Query = request.Query is { Length: <= MaximumQuery } query ? query : request.Query[..MaximumQuery],
            RequestId = request.RequestId,
            CorrelationId = request.CorrelationId,
        };
    }

    private const int MaximumQuery = 2048;
}
