namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The verdict on a file in the national codes (CP-ISUploadFileResponse; facts 2.4).</summary>
public enum FileVerdict
{
    /// <summary>It is no file: malformed, cut off, or from the future. Nothing of it is kept.</summary>
    CPF01 = 1,

    /// <summary>All records are loaded.</summary>
    CPF02,

    /// <summary>The valid records are loaded, the others are not.</summary>
    CPF03,

    /// <summary>No record is loaded.</summary>
    CPF04,

    /// <summary>The national demographics service did not answer (not asked here).</summary>
    CPF05,

    /// <summary>The sender's software is no longer supported.</summary>
    CPF06,
}

/// <summary>The words of the national codes.</summary>
public static class Verdicts
{
    /// <summary>The verdict on a file that is done.</summary>
    public static FileVerdict Of(DailyFileCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Refused == 0 ? FileVerdict.CPF02
            : counts.Refused < counts.Total ? FileVerdict.CPF03
            : FileVerdict.CPF04;
    }

    /// <summary>What a verdict on a file means.</summary>
    public static string Words(this FileVerdict verdict) =>
        verdict switch
        {
            FileVerdict.CPF01 => "File level error",
            FileVerdict.CPF02 => "Successful file upload",
            FileVerdict.CPF03 => "Partially successful file upload",
            FileVerdict.CPF04 => "Unsuccessful file upload",
            FileVerdict.CPF05 => "PDS unavailable",
            _ => "Client version no longer supported",
        };

    /// <summary>What a verdict on a record means.</summary>
    public static string Words(this RecordVerdict verdict) =>
        verdict switch
        {
            RecordVerdict.CPR01 => "No match for the NHS number",
            RecordVerdict.CPR02 => "NHS number matched, record is sensitive",
            RecordVerdict.CPR03 => "NHS number not verified",
            RecordVerdict.CPR04 => "NHS number format incorrect",
            RecordVerdict.CPR05 => "NHS number superseded",
            RecordVerdict.CPR06 => "Successful record upload",
            _ => "Unsuccessful record upload",
        };

    /// <summary>What became of a record, as a code.</summary>
    public static string Code(this RecordEffect effect) =>
        effect switch
        {
            RecordEffect.Loaded => "loaded",
            RecordEffect.Unchanged => "unchanged",
            RecordEffect.Superseded => "superseded",
            _ => "refused",
        };
}
