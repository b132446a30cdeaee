namespace SipAlg.Hosting;

/// <summary>Event ids 1000 to 1099.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1000, LogLevel.Information, "SipAlg {Version} on .NET {Dotnet}, {Cpus} CPUs, garbage collection {Collector}, configuration {Configuration}")]
    public static partial void Starting(ILogger log, string version, string dotnet, int cpus, string collector, string configuration);

    [LoggerMessage(1001, LogLevel.Information, "Realm {Realm} listens on {Address}, receive buffer {ReceiveBufferKiB} KiB")]
    public static partial void ListensUdp(ILogger log, string realm, string address, int receiveBufferKiB);

    [LoggerMessage(1002, LogLevel.Information, "Realm {Realm} listens on {Address}")]
    public static partial void ListensStream(ILogger log, string realm, string address);

    [LoggerMessage(1003, LogLevel.Information, "Realm {Realm} has media ports {First}-{Last} for {Streams} streams at once")]
    public static partial void MediaPorts(ILogger log, string realm, int first, int last, int streams);

    [LoggerMessage(1004, LogLevel.Information, "Lanes: {Lanes}, relay threads: {RelayThreads}, media path: {MediaPath}")]
    public static partial void Layout(ILogger log, int lanes, int relayThreads, string mediaPath);

    [LoggerMessage(1005, LogLevel.Information, "Descriptor limit {Limit}")]
    public static partial void Descriptors(ILogger log, long limit);

    [LoggerMessage(1006, LogLevel.Warning, "Descriptor limit {Limit} is below the {Wanted} that all media ports want: calls will fail first for descriptors. Raise it (ulimit -n, LimitNOFILE= of systemd, ulimits of Docker) or narrow media.ports")]
    public static partial void FewDescriptors(ILogger log, long limit, long wanted);

    [LoggerMessage(1007, LogLevel.Warning, "The kernel granted {GrantedKiB} KiB of the {AskedKiB} KiB receive buffer asked for; bursts may be lost. Raise net.core.rmem_max, or give CAP_NET_ADMIN")]
    public static partial void SmallBuffer(ILogger log, int grantedKiB, int askedKiB);

    [LoggerMessage(1008, LogLevel.Information, "Calls are taken since {Milliseconds} ms after the start of the process")]
    public static partial void Ready(ILogger log, long milliseconds);

    [LoggerMessage(1009, LogLevel.Warning, "Configuration: {Problem}")]
    public static partial void ConfigurationWarning(ILogger log, string problem);

    [LoggerMessage(1010, LogLevel.Information, "Stopping: no new calls. {Calls} standing, {Seconds} s for them to end by themselves")]
    public static partial void Stopping(ILogger log, int calls, double seconds);

    [LoggerMessage(1011, LogLevel.Error, "A lane is stuck: its calls cannot be ended with BYE")]
    public static partial void LaneStuck(ILogger log);

    [LoggerMessage(1012, LogLevel.Information, "Stopped. Calls whose BYE was not answered: {Calls}")]
    public static partial void Stopped(ILogger log, int calls);

    [LoggerMessage(1013, LogLevel.Error, "Not everything ended in time; the process ends all the same")]
    public static partial void StopIncomplete(ILogger log);

    [LoggerMessage(1014, LogLevel.Information, "Configuration reloaded ({Reason}) in {Milliseconds} ms: {Routes} routes, {Peers} peers, {Users} users")]
    public static partial void Reloaded(ILogger log, string reason, long milliseconds, int routes, int peers, int users);

    [LoggerMessage(1026, LogLevel.Error, "Reload refused ({Reason}), the configuration stays as it is: {Problems}")]
    public static partial void ReloadRefused(ILogger log, string reason, string problems);

    [LoggerMessage(1027, LogLevel.Error, "A reload failed ({Reason})")]
    public static partial void ReloadFailed(ILogger log, string reason, Exception fault);

    [LoggerMessage(1015, LogLevel.Critical, "The gateway does not start: {Reason}")]
    public static partial void NotStarted(ILogger log, string reason);

    [LoggerMessage(1016, LogLevel.Critical, "The gateway ends for a fault")]
    public static partial void Fault(ILogger log, Exception fault);

    [LoggerMessage(1017, LogLevel.Error, "A task failed and nobody waited for it")]
    public static partial void Unobserved(ILogger log, Exception fault);

    [LoggerMessage(1018, LogLevel.Error, "Ending the calls failed on a lane")]
    public static partial void HangUpFailed(ILogger log, Exception fault);

    [LoggerMessage(1019, LogLevel.Warning, "Media sockets have {KiB} KiB of receive buffer: packets are lost when the processor is busy for a moment. Raise net.core.rmem_default to {Wanted} or more")]
    public static partial void SmallMediaBuffer(ILogger log, int kiB, int wanted);

    [LoggerMessage(1020, LogLevel.Information, "Peer {Peer}: {Host} is {Addresses}")]
    public static partial void Resolved(ILogger log, string peer, string host, string addresses);

    [LoggerMessage(1021, LogLevel.Warning, "Peer {Peer}: {Host} cannot be resolved: {Reason}. Its addresses stay: {Addresses}")]
    public static partial void NotResolved(ILogger log, string peer, string host, string reason, string addresses);

    [LoggerMessage(1022, LogLevel.Information, "Peer {Peer}: {Host} resolves again, to the same addresses")]
    public static partial void ResolvesAgain(ILogger log, string peer, string host);

    [LoggerMessage(1023, LogLevel.Information, "Realm {Realm} advertises {Host}, which is {Addresses}")]
    public static partial void Advertised(ILogger log, string realm, string host, string addresses);

    [LoggerMessage(1024, LogLevel.Warning, "Realm {Realm}: {Host} cannot be resolved: {Reason}. It advertises what it did before, at first its local addresses")]
    public static partial void NotAdvertised(ILogger log, string realm, string host, string reason);

    [LoggerMessage(1025, LogLevel.Information, "Media are not relayed in the kernel: {Reason}")]
    public static partial void NoFastPath(ILogger log, string reason);

    [LoggerMessage(1036, LogLevel.Warning, "Relay threads do not run before all others: media.relay_priority is fifo, and the system does not let this process have it. They are served as with fair. To do: give the process CAP_SYS_NICE, or its service LimitRTPRIO=1")]
    public static partial void NotFirst(ILogger log);

    [LoggerMessage(1033, LogLevel.Information, "Media ports share sockets: {Reason}")]
    public static partial void SharedSockets(ILogger log, string reason);

    [LoggerMessage(1034, LogLevel.Information, "Media ports have a socket each: {Reason}")]
    public static partial void SocketEach(ILogger log, string reason);

    [LoggerMessage(1035, LogLevel.Warning, "Media ports have a socket each. They were to share ({Wish}), but {Reason}")]
    public static partial void NoSharedSockets(ILogger log, string wish, string reason);

    [LoggerMessage(1031, LogLevel.Information, "The kernel has no tcx (it is older than Linux 6.6): media are relayed there by clsact")]
    public static partial void FastPathByClsact(ILogger log);

    [LoggerMessage(1037, LogLevel.Information, "The kernel has put barriers into the program that relays media, which cost each packet some 0.3 µs: the process had not CAP_PERFMON when it started, and gives it up afterwards. docs/fast-path.md says how it is given")]
    public static partial void Barriers(ILogger log);

    [LoggerMessage(1030, LogLevel.Information, "No calls: resident memory trimmed from {BeforeMiB} to {AfterMiB} MiB in {Milliseconds:0.0} ms")]
    public static partial void Trimmed(ILogger log, long beforeMiB, long afterMiB, double milliseconds);

    [LoggerMessage(1040, LogLevel.Information, "Admin on http://{Address}")]
    public static partial void Admin(ILogger log, string address);

    [LoggerMessage(1041, LogLevel.Information, "Metrics on http://{Address}/metrics")]
    public static partial void Metrics(ILogger log, string address);

    [LoggerMessage(1050, LogLevel.Information, "Realm {Realm} has {Address} no more: nothing new is taken there, and it closes when the last call or registration over it has ended")]
    public static partial void ListenerRemoved(ILogger log, string realm, string address);

    [LoggerMessage(1051, LogLevel.Information, "Realm {Realm}: {Address} is closed")]
    public static partial void ListenerClosed(ILogger log, string realm, string address);

    [LoggerMessage(1052, LogLevel.Warning, "Realm {Realm}: {Address}, which it has no more, is closed for good: {Calls} calls and subscriptions over it are ended")]
    public static partial void ListenerEnded(ILogger log, string realm, string address, int calls);

    [LoggerMessage(1053, LogLevel.Information, "Realm {Realm} is gone; its calls go on to their end")]
    public static partial void RealmRemoved(ILogger log, string realm);

    [LoggerMessage(1054, LogLevel.Error, "Looking after listeners that are to be closed failed; they are looked at again")]
    public static partial void ListenerDrainFailed(ILogger log, Exception fault);

    [LoggerMessage(1056, LogLevel.Error, "What old dialplans have decided could not be written down of every call; it is tried again after the next reload")]
    public static partial void OldDecisionsFailed(ILogger log, Exception fault);

    [LoggerMessage(1055, LogLevel.Warning, "The deadline of the drain has come: of {Calls} calls those are ended that are no emergency calls")]
    public static partial void DrainDeadline(ILogger log, int calls);

    [LoggerMessage(6220, LogLevel.Information, "User {User} with {Kept} capabilities, {Dropped} given up; no new privileges: {NoNewPrivileges}; core dumps: {Dumps}")]
    public static partial void Rights(ILogger log, string user, int kept, int dropped, bool noNewPrivileges, bool dumps);

    [LoggerMessage(6221, LogLevel.Information, "The gateway runs as root, and need not: docs/security.md says how an ordinary user does")]
    public static partial void RunsAsRoot(ILogger log);
}
