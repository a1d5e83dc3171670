namespace CpIs.Fhir.Core.Topics;

/// <summary>What a Subscription asks to be told of. The names are stored with Subscriptions: never rename.</summary>
public enum Topic
{
    /// <summary>A setting looked a child up and was shown a plan of the authority.</summary>
    RecordAccessed,

    /// <summary>A child with a plan of the authority did not come to an appointment.</summary>
    MissedAppointment,

    /// <summary>An NHS number under which the authority holds a plan was retired, or restored.</summary>
    NhsNumberInactive,

    /// <summary>An upload of the authority itself was processed.</summary>
    UploadProcessed,
}
