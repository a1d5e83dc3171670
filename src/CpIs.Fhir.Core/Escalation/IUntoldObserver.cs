namespace CpIs.Fhir.Core.Escalation;

/// <summary>Hears of authorities that were not told in time. Holds no personal data; must not throw.</summary>
public interface IUntoldObserver
{
    /// <summary>The oldest notice has waited longer than <see cref="UntoldLimits.TakeWithin"/>: the authority's alarm.</summary>
    void Late(LateNotices late);

    /// <summary>It has waited <see cref="UntoldLimits.OperatorAfter"/> longer: the operator's alarm.</summary>
    /// <param name="late">What waits.</param>
    /// <param name="phone">The authority's emergency duty phone, else its office phone; null when neither is registered.</param>
    void VeryLate(LateNotices late, string? phone);

    /// <summary>Nothing of an authority is late any more.</summary>
    /// <param name="authority">Which.</param>
    /// <param name="newer">How many newer notices nobody has been told of.</param>
    void AllTold(OdsCode authority, long newer);
}

/// <summary>What an authority has not been told of in time.</summary>
/// <param name="Authority">Which.</param>
/// <param name="Count">How many notices are untold, at least 1.</param>
/// <param name="Age">How long the oldest has waited.</param>
/// <param name="Reference">The short reference of its attendance (<see cref="Worklists.NoticeReference"/>); null when it could not be read.</param>
public sealed record LateNotices(OdsCode Authority, long Count, TimeSpan Age, string? Reference);
