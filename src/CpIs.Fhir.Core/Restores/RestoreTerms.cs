namespace CpIs.Fhir.Core.Restores;

/// <summary>How the step after a restore is to be done.</summary>
/// <param name="Now">When it is done.</param>
/// <param name="Jump">How much higher the next number is than the last: more than any Subscription can have been given since the copy was made.</param>
/// <param name="Again">Also where nothing was numbered since the last time.</param>
/// <param name="Mark">What the store had given before it was lost, where a mark was kept; null where not.</param>
public sealed record RestoreTerms(DateTimeOffset Now, long Jump, bool Again = false, RestoreMark? Mark = null)
{
    /// <summary>How far the numbers jump when nobody says otherwise.</summary>
    public const long UsualJump = 1_000_000;

    /// <summary>The furthest that they jump: hundreds of restores stay within twelve digits.</summary>
    public const long MostJump = 1_000_000_000;
}
