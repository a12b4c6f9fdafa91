/** What each permission allows. */
export default {
  files: {
    view: "See own files",
    upload: "Upload files",
    change: "Rename and move own files",
    delete: "Delete own files",
    download: "Download own files",
    share: "Share own files with people",
  },
  links: {
    view: "See own links",
    create: "Share files by link",
    delete: "End own links",
    admin: "See and end everybody's links",
  },
  drops: { create: "Ask others for files" },
  servers: {
    view: "See servers in detail",
    create: "Add servers",
    change: "Change, switch and drain servers",
    delete: "Remove servers",
  },
  policy: { view: "See which servers hold what", change: "Say which servers hold what" },
  quotas: { change: "Say how much people may store" },
  replication: { view: "See how copying goes", change: "Retry or drop failed copies" },
  actions: { view_all: "See what everybody did" },
  users: {
    view: "See all people and the audit",
    change: "Change, disable and invite people",
    grant: "Give roles and take them away",
  },
  roles: { view: "See roles", change: "Change roles" },
  permissions: { view: "See permissions", change: "Change permissions" },
  films: { view: "Search and play films", change: "Add and change films" },
};
