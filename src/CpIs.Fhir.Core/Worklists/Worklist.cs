using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// What an authority has not been told of, or has not taken, by age, attendance for attendance. Reading it settles nothing.
/// </summary>
public sealed class Worklist(IWorklistStore notices, IOccurrenceStore occurrences)
{
    /// <summary>Most notices on a page.</summary>
    public const int MostOnPage = 50;

    /// <summary>A page, the oldest first. A notice whose access is no longer kept is not on it.</summary>
    public async Task<(IReadOnlyList<WorklistEntry> Entries, PagePosition? Next)> ReadAsync(
        NoticeQuery query,
        CancellationToken cancellation
    )
    {
        var page = await notices.ReadNoticesAsync(query, cancellation).ConfigureAwait(false);
        if (page.Items.Count == 0)
            return ([], page.Next);
        var accesses = await occurrences
            .SearchOccurrencesAsync(
                new OccurrenceQuery
                {
                    Concerning = query.Authority,
                    Ids = [.. page.Items.Select(notice => notice.OccurrenceId)],
                    Count = page.Items.Count,
                },
                cancellation
            )
            .ConfigureAwait(false);
        var byId = accesses.Items.ToDictionary(access => access.Id, StringComparer.Ordinal);
        var takers = await ReadTakersAsync(page.Items, cancellation).ConfigureAwait(false);
        var entries = page
            .Items.Where(notice => byId.ContainsKey(notice.OccurrenceId))
            .GroupBy(notice => byId[notice.OccurrenceId].AttendanceOf(query.Authority)!.Opener, StringComparer.Ordinal)
            .Select(group => EntryOf(query.Authority, [.. group], byId, takers))
            .ToList();
        return (entries, page.Next);
    }

    /// <summary>
    /// The accesses of an attendance of which its authority is to be told, as far as they happened by a time. Empty when the authority has no such
    /// attendance.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        OdsCode authority,
        string attendance,
        DateTimeOffset asOf,
        CancellationToken cancellation
    )
    {
        var opener = await occurrences.ReadOccurrenceAsync(attendance, cancellation).ConfigureAwait(false);
        if (opener?.Topic is not { } topic || !topic.Row().TellsOfChild || !opener.Concerns.Contains(authority))
            return [];
        // Only look-ups make an attendance; anything else stands alone.
        if (opener.Kind != OccurrenceKind.Access)
            return opener.Time <= asOf ? [opener.Id] : [];
        if (Attendance.Accesses(opener, authority) is not { } query)
            return [];
        var accesses = await occurrences
            .SearchOccurrencesAsync(
                query with
                {
                    To = asOf,
                    Order = RecordOrder.OldestFirst,
                    Count = 1_000,
                },
                cancellation
            )
            .ConfigureAwait(false);
        return
        [
            .. accesses
                .Items.Where(access =>
                    access.Obligations.Any(obligation => obligation.Authority == authority)
                    && Attendance.IsOf(access, opener, authority)
                )
                .Select(access => access.Id),
        ];
    }

    private async Task<Dictionary<string, Acknowledgement?>> ReadTakersAsync(
        IReadOnlyList<Notice> page,
        CancellationToken cancellation
    )
    {
        var takers = new Dictionary<string, Acknowledgement?>(StringComparer.Ordinal);
        foreach (var id in page.Select(notice => notice.TakenBy).OfType<string>().Distinct())
            takers[id] = (await occurrences.ReadOccurrenceAsync(id, cancellation).ConfigureAwait(false))?.Acknowledged;
        return takers;
    }

    private static WorklistEntry EntryOf(
        OdsCode authority,
        List<Notice> notices,
        Dictionary<string, Occurrence> byId,
        Dictionary<string, Acknowledgement?> takers
    )
    {
        var first = byId[notices[0].OccurrenceId];
        var part = first.AttendanceOf(authority)!;
        return new WorklistEntry(
            part.Opener,
            part.Opened,
            NoticeReference.Of(authority, part.Opener),
            first.Child,
            first.Organisation,
            first.OrganisationName,
            first.Topic!.Value,
            [
                .. notices.Select(notice => new WorklistNotice(
                    notice,
                    [
                        .. byId[notice.OccurrenceId]
                            .Obligations.Where(obligation => obligation.Authority == authority)
                            .SelectMany(obligation => obligation.Plans)
                            .Select(plan => plan.Type)
                            .Distinct(),
                    ],
                    notice.TakenBy is { } by ? takers[by] : null
                )),
            ]
        )
        {
            Appointment = first.Appointment,
            SettingPhone = first.OrganisationPhone,
        };
    }
}
