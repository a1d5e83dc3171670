namespace CpIs.Fhir.Core.Topics;

/// <summary>One topic that a Subscription can ask for.</summary>
/// <param name="Topic">Which.</param>
/// <param name="Code">Its code: the last part of its canonical, and the id of the Basic that describes it.</param>
/// <param name="TellsOfChild">
/// True where the authority must be told, whether it has a Subscription of the topic or not: what nobody was told of stands on the work-list and
/// raises alarms. False for information, which is kept only for a Subscription that asks for it.
/// </param>
/// <param name="Merges">True where several look-ups of one visit become one event (<c>Attendance.IsSame</c>).</param>
/// <param name="InMesh">True where the national XML of a MESH mailbox can say it.</param>
public sealed record TopicRow(Topic Topic, string Code, bool TellsOfChild, bool Merges = false, bool InMesh = false)
{
    /// <summary>The canonical URL, which is the <c>criteria</c> of a Subscription.</summary>
    public string Canonical { get; } = $"{FhirSystems.Own}/SubscriptionTopic/{Code}";
}

/// <summary>Every topic, one row each. A topic that is added is a row here, a Basic in <c>profiles</c> and its texts.</summary>
public static class TopicTable
{
    /// <summary>All of them, in the order of <see cref="Topic"/>.</summary>
    public static IReadOnlyList<TopicRow> All { get; } =
    [
        new(Topic.RecordAccessed, "record-accessed", TellsOfChild: true, Merges: true, InMesh: true),
        new(Topic.MissedAppointment, "missed-appointment", TellsOfChild: true),
        new(Topic.NhsNumberInactive, "nhs-number-inactive", TellsOfChild: true),
        new(Topic.UploadProcessed, "upload-processed", TellsOfChild: false),
    ];

    /// <summary>The row of a topic.</summary>
    public static TopicRow Row(this Topic topic) => All[(int)topic];

    /// <summary>The topic of a canonical URL, or null.</summary>
    public static Topic? OfCanonical(string? canonical) => All.FirstOrDefault(row => row.Canonical == canonical)?.Topic;
}
