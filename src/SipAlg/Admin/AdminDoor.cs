namespace SipAlg.Admin;

/// <summary>By which listener a request came.</summary>
internal enum AdminDoor : byte
{
    Admin,

    /// <summary>Only <c>/metrics</c>, for scrapers.</summary>
    Metrics,
}

/// <summary>Tells a request by which listener its connection came.</summary>
internal sealed record DoorFeature(AdminDoor Door);
