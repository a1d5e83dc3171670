using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Worklists;

/// <summary>
/// <c>$worklist</c> and <c>$acknowledge</c>: what an authority has not been told of or has not taken, with a Subscription or without any. The
/// operator sees ages and counts alone.
/// </summary>
internal static class WorklistEndpoints
{
    private const string Path = "$worklist";

    /// <summary>How far back what was told or taken is shown where the request does not say.</summary>
    private const int DaysByDefault = 30;

    private static readonly ParameterTable Table = new(
        "parameter of $worklist",
        [
            new("state", ParameterKind.Token) { HasSystem = false, Allowed = ["untold", "told", "taken"] },
            new("since", ParameterKind.Date) { IsOnce = true },
            new("_count", ParameterKind.Number) { IsOnce = true },
        ]
    );

    private static readonly string[] GetOrPost = [HttpMethods.Get, HttpMethods.Post];

    public static void AddWorklists(this IServiceCollection services) =>
        services.AddSingleton<Worklist>().AddSingleton<OverriddenForms>().AddSingleton<Acknowledgements>();

    public static void MapWorklists(this IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods("/" + Path, GetOrPost, ReadAsync)
            .Admit(Guest.Authority("system/$worklist"), Guest.Operator("system/Organization.s"));
        fhir.MapGroup("")
            .TakesOnlyAnswerParameters("an acknowledgement")
            .MapPost("/$acknowledge", AcknowledgeAsync)
            .Admit(Guest.Authority("system/$acknowledge"));
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        IWorklistStore store,
        INotificationStore notifications,
        Worklist worklist,
        OverriddenForms forms,
        PlacesOfAction places,
        RecordedReads reads,
        Paging pages,
        ExchangeUrls urls,
        IOrganisationDirectory directory,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        if ((await pages.OpenOperationAsync(context, Path, Table)).IsRefused(out var refusal, out var opened))
            return FhirResults.Refused(refusal);
        var caller = context.Caller();
        if (caller.Kind == CallerKind.Operator)
            return FhirResults.Resource(
                WorklistWriter.Write(await store.ReadUntoldAsync(context.RequestAborted), directory.Current, now)
            );
        if (QueryOf(caller, opened.Asked, opened.Search.After, now).IsRefused(out refusal, out var query))
            return FhirResults.Refused(refusal);
        var (entries, next) = await worklist.ReadAsync(query, context.RequestAborted);
        // With what nobody was told of; once, whatever the pages.
        var today = LondonCalendar.DayOf(now);
        var overridden =
            query.After is null && query.States.Contains(NoticeState.Untold)
                ? await forms.ReadAsync(
                    caller.Organisation,
                    today.AddDays(1 - OverriddenForms.Days),
                    today,
                    context.RequestAborted
                )
                : [];
        await reads.RecordAsync(
            ReadViews.Of(
                context,
                Path,
                opened.Search.Parameters,
                [
                    .. entries.SelectMany(entry =>
                        entry.Notices.Select(each => ($"AuditEvent/{each.Notice.OccurrenceId}", entry.Child))
                    ),
                    .. overridden.Select(record => ($"{record.Type}/{record.Id}", record.Child)),
                ]
            ),
            context.RequestAborted
        );
        return FhirResults.Resource(
            WorklistWriter.Write(
                entries,
                overridden,
                query.After is null ? await places.AllAsync(caller.Organisation, context.RequestAborted) : [],
                await notifications.ReadOpenObligationsAsync(caller.Organisation, context.RequestAborted),
                now,
                pages.LinkTo(context, opened.Search, next),
                urls.FhirBase
            )
        );
    }

    private static Result<NoticeQuery> QueryOf(
        Caller caller,
        AskedParameters asked,
        PagePosition? after,
        DateTimeOffset now
    )
    {
        var states = asked
            .Of("state")
            .SelectMany(parameter => parameter.Values)
            .Select(value => WorklistWriter.StateOf(value.Text)!.Value)
            .Distinct()
            .Order()
            .ToList();
        if (states.Count == 0)
            states.Add(NoticeState.Untold);
        var since =
            asked.Of("since").FirstOrDefault()?.Value.Date is { } date ? date.From
            : states is [NoticeState.Untold] ? (DateTimeOffset?)null
            : now - TimeSpan.FromDays(DaysByDefault);
        var count = Math.Min(asked.Count(Worklist.MostOnPage), Worklist.MostOnPage);
        return count == 0
            ? asked.Of("_count").First().Refuse("The value must be 1 to 50.")
            : new NoticeQuery(caller.Organisation, states, since, after, count);
    }

    private static async Task<IResult> AcknowledgeAsync(HttpContext context, Acknowledgements acknowledgements) =>
        (await AcknowledgementBody.ReadAsync(context, AcknowledgementBody.Attendance)).IsRefused(
            out var refusal,
            out var body
        )
            ? FhirResults.Refused(refusal)
        : (
            await acknowledgements.TakeAsync(
                body.WriteOf(context, "$acknowledge"),
                body.What,
                body.AsOf!.Value,
                context.RequestAborted
            )
        ).IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(refusal)
        : FhirResults.Resource(answer.Body, answer.Status);
}
