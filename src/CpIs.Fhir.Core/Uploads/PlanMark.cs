using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>The versions that set or remove the protected mark of a plan: of its EpisodeOfCare and of its Flag, always in one commit.</summary>
internal sealed class PlanMark(DateTimeOffset now, ResourceWriter writer)
{
    /// <summary>Both, the EpisodeOfCare first; all but the mark stays as it is held.</summary>
    /// <param name="episode">As it is held.</param>
    /// <param name="flag">As it is held, or null.</param>
    /// <param name="isProtected">True to set the mark.</param>
    /// <param name="effect">What is told of them.</param>
    public IEnumerable<UploadedResource> Set(
        StoredResource episode,
        StoredResource? flag,
        bool isProtected,
        UploadEffect effect
    )
    {
        var plan = UploadSnapshot.ReadPlan(episode) with { IsProtected = isProtected };
        var patientId = UploadSnapshot.ReadPatientId(episode);
        yield return Next(episode, version => writer.Episode(plan, patientId, version));
        if (flag is not null)
            yield return Next(flag, version => writer.Flag(plan, patientId, episode.Id, version));

        UploadedResource Next(StoredResource held, Func<ResourceVersion, byte[]> write)
        {
            var version = new ResourceVersion(held.Id, held.Version + 1, now);
            return new UploadedResource(
                held with
                {
                    Version = version.Version,
                    LastUpdated = now,
                    Plan = plan.Beside(episode.Id),
                    Body = write(version),
                },
                effect,
                held
            );
        }
    }
}
