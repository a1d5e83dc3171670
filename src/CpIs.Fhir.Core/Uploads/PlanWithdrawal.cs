using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>The versions that withdraw a plan: of its EpisodeOfCare and of its Flag, always in one commit.</summary>
internal sealed class PlanWithdrawal(
    OdsCode authority,
    string? organizationId,
    UploadStamp stamp,
    DateTimeOffset now,
    ResourceWriter writer
)
{
    /// <summary>
    /// Both, the EpisodeOfCare first. Without a Flag the EpisodeOfCare alone: such a plan was read while it changed, so that its version is no
    /// longer current, and the commit is a conflict.
    /// </summary>
    /// <param name="episode">As it is held.</param>
    /// <param name="flag">As it is held, or null.</param>
    /// <param name="effect">What is told of them.</param>
    /// <param name="end">What else the withdrawal ends.</param>
    public IEnumerable<UploadedResource> Of(
        StoredResource episode,
        StoredResource? flag,
        UploadEffect effect,
        Func<StoredResource, StoredResource> end
    )
    {
        var plan = UploadSnapshot.ReadPlan(episode) with { Status = PlanStatus.Withdrawn };
        var patientId = UploadSnapshot.ReadPatientId(episode);
        yield return Next(
            episode,
            episode with
            {
                Stamp = stamp,
                OverriddenForm = null,
                Tokens = RecordIndex.Episode(plan, authority, patientId, organizationId),
            },
            version => writer.Episode(plan, patientId, version)
        );
        if (flag is not null)
            yield return Next(
                flag,
                flag with
                {
                    Tokens = RecordIndex.Flag(plan, authority, patientId, organizationId),
                },
                version => writer.Flag(plan, patientId, episode.Id, version)
            );

        UploadedResource Next(StoredResource held, StoredResource gone, Func<ResourceVersion, byte[]> write)
        {
            var version = new ResourceVersion(held.Id, held.Version + 1, now);
            return new UploadedResource(
                end(
                    gone with
                    {
                        Version = version.Version,
                        LastUpdated = now,
                        Plan = plan.Beside(episode.Id),
                        Body = write(version),
                    }
                ),
                effect,
                held
            );
        }
    }
}
