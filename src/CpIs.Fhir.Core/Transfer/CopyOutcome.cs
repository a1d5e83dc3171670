namespace CpIs.Fhir.Core.Transfer;

/// <summary>How a copy ended.</summary>
/// <param name="Begin">What the target said to it.</param>
/// <param name="Sections">What was compared; empty when the target was refused.</param>
public sealed record CopyOutcome(TransferBegin Begin, IReadOnlyList<SectionResult> Sections)
{
    /// <summary>True when the target was not touched.</summary>
    public bool IsRefused => Begin.Answer is TransferAnswer.NotEmpty or TransferAnswer.AnotherCopy;

    /// <summary>True when the target holds what the source holds, and its mark is gone.</summary>
    public bool IsSound => !IsRefused && Sections.All(section => section.Fault == SectionFault.None);
}

/// <summary>What a comparison of one section found.</summary>
/// <param name="Section">Which.</param>
/// <param name="Read">What was read when it was copied; null where the section expires by itself.</param>
/// <param name="Source">What the source holds at the end.</param>
/// <param name="Target">What the target holds at the end.</param>
public sealed record SectionResult(TransferSection Section, SectionSum? Read, SectionSum Source, SectionSum Target)
{
    /// <summary>What is wrong.</summary>
    public SectionFault Fault =>
        Source == Target ? SectionFault.None
        : Read == Target ? SectionFault.SourceChanged
        : SectionFault.TargetDiffers;
}

/// <summary>What may be wrong with a section.</summary>
public enum SectionFault
{
    /// <summary>Nothing: both hold the same.</summary>
    None,

    /// <summary>The target holds what was read, but the source has changed since.</summary>
    SourceChanged,

    /// <summary>The target does not hold what was read.</summary>
    TargetDiffers,
}
